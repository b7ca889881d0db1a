package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/gorilla/websocket"
)

// message holds what the quickstart reads of any message, or of the object inside a private one.
// Market data is flat; a private message has one key, which names its kind.
type message struct {
	Type          string
	Authenticated bool
	Result        string
	Subscribed    string
	Symbol        string
	Bid, Ask      [][2]string // price and size; market data has its numbers in strings
	Price         json.Number // which reads a string (market data) as well as a number (trading)
	Quantity      float64
	Position      float64
	Remaining     float64 `json:"quantity_remaining"`
	Available     float64 `json:"available_balance"`
	Status        string
	OrderID       string `json:"order_id"`
	ClientOrderID string `json:"client_order_id"`
	TradeID       string `json:"trade_id"`
	ErrorCode     string `json:"error_code"`
	Message       string

	Err              *message
	OrderResponse    *message `json:"order_response"`
	FillResponse     *message `json:"fill_response"`
	PositionResponse *message `json:"position_response"`
	BalanceResponse  *message `json:"balance_response"`
}

// price is the message's price as a number to calculate with.
func (m message) price() float64 {
	value, err := m.Price.Float64()
	check(err == nil, "%q is no price", m.Price)
	return value
}

// check ends the program with one line on stderr and exit code 1 unless ok.
func check(ok bool, format string, values ...any) {
	if !ok {
		fmt.Fprintf(os.Stderr, "quickstart.go: "+format+"\n", values...)
		os.Exit(1)
	}
}

// connection is one socket with all it has received. It is read only while something is awaited
// from it, which is enough for a run of seconds. A bot that lives longer reads in a goroutine of
// its own: receiving is also what answers server pings.
type connection struct {
	name    string
	socket  *websocket.Conn
	history []message
}

func connect(name, url string, dialer websocket.Dialer, deadline time.Time) *connection {
	socket, _, err := dialer.Dial(url, nil)
	check(err == nil, "%s: %v", name, err)
	socket.SetReadDeadline(deadline)
	return &connection{name: name, socket: socket}
}

func (c *connection) send(command map[string]any) {
	err := c.socket.WriteJSON(command)
	check(err == nil, "%s: %v", c.name, err)
}

func (c *connection) receive(what string) {
	var m message
	err := c.socket.ReadJSON(&m)
	var network net.Error
	timeout := errors.As(err, &network) && network.Timeout()
	check(!timeout, "timeout waiting for %s on %s", what, c.name)
	check(err == nil, "%s: %v, waiting for %s", c.name, err, what)
	if m.Err != nil { // the answer to some request of ours; it never comes unasked
		check(false, "%s waiting for %s: %s", m.Err.ErrorCode, what, m.Err.Message)
	}
	c.history = append(c.history, m)
}

// wait gives the first message that matches, whether it is here already or still to come: there
// are no request ids and pulses arrive between answers, so what one step skips is kept.
func (c *connection) wait(what string, matches func(message) bool) message {
	for next := 0; ; next++ {
		if next == len(c.history) {
			c.receive(what)
		}
		if matches(c.history[next]) {
			return c.history[next]
		}
	}
}

// close says goodbye and reads until the server's close frame.
func (c *connection) close() {
	goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	err := c.socket.WriteMessage(websocket.CloseMessage, goodbye)
	for err == nil {
		_, _, err = c.socket.ReadMessage()
	}
	check(websocket.IsCloseError(err, websocket.CloseNormalClosure), "%s: %v", c.name, err)
	c.socket.Close()
}

// waitForOrder waits until the order has the status. Only ACK, the first of all, may come before.
func (c *connection) waitForOrder(clientOrderID, status string) *message {
	return c.wait(status+" of "+clientOrderID, func(m message) bool {
		order := m.OrderResponse
		if order == nil || order.ClientOrderID != clientOrderID {
			return false // some other message or order
		}
		check(order.Status == status || order.Status == "ACK",
			"%s is %s instead of %s", clientOrderID, order.Status, status)
		// FILLED tells of one execution; the remaining quantity tells whether it was the last.
		return order.Status == status && (status != "FILLED" || order.Remaining == 0)
	}).OrderResponse
}
