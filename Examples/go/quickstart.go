// From nothing to a fill on QFEX's two WebSockets, with github.com/gorilla/websocket: reads market
// data, signs in, rests and cancels a limit order, then buys at the market and looks for the fill
// everywhere it should be: private fill, public trade, position.
package main

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"flag"
	"fmt"
	"math"
	"os"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

type object = map[string]any

var (
	mdsURL   = flag.String("mds", os.Getenv("QFEX_MDS_URL"), "URL of market data")
	tradeURL = flag.String("trade", os.Getenv("QFEX_TRADE_URL"), "URL of trading")
	key      = flag.String("key", os.Getenv("QFEX_PUBLIC_KEY"), "public key")
	secret   = flag.String("secret", os.Getenv("QFEX_SECRET_KEY"), "secret key")
	ca       = flag.String("ca", os.Getenv("QFEX_CA_FILE"), "root certificate to trust (PEM)")
	account  = flag.String("account", "", "subaccount; without it the primary account trades")
	symbol   = flag.String("symbol", "AAPL-USD", "what to buy")
	quantity = flag.Float64("quantity", 0.1, "how much of it")
	timeout  = flag.Float64("timeout", 20, "seconds for the whole run")
)

func main() {
	flag.Parse()
	check(*mdsURL != "" && *tradeURL != "" && *key != "" && *secret != "",
		"--mds, --trade, --key and --secret are needed")
	deadline := time.Now().Add(time.Duration(*timeout * float64(time.Second)))
	dialer := websocket.Dialer{HandshakeTimeout: time.Until(deadline)}
	if *ca != "" {
		pem, err := os.ReadFile(*ca)
		roots := x509.NewCertPool()
		check(err == nil && roots.AppendCertsFromPEM(pem), "no certificate in %s", *ca)
		dialer.TLSClientConfig = &tls.Config{RootCAs: roots}
	}

	// Market data is public. Its numbers are strings, so that no digit is lost on the way.
	mds := connect("mds", *mdsURL, dialer, deadline)
	mds.send(object{"type": "subscribe", "symbols": []string{*symbol},
		"channels": []string{"bbo", "level2", "trade"}})
	bbo := mds.wait("a bbo", func(m message) bool {
		return m.Type == "bbo" && len(m.Bid) > 0 && len(m.Ask) > 0
	})
	fmt.Println("bbo       bid", bbo.Bid[0], "ask", bbo.Ask[0])
	book := mds.wait("a level2", func(m message) bool { return m.Type == "level2" })
	fmt.Println("level2   ", len(book.Bid), "bid and", len(book.Ask), "ask levels")

	// The URL names the key; the signature over "nonce:unix_ts" proves that we hold its secret.
	trade := connect("trade", *tradeURL+"?api_key="+*key, dialer, deadline)
	random := make([]byte, 16)
	rand.Read(random)
	nonce, now := fmt.Sprintf("%x", random), time.Now().Unix()
	mac := hmac.New(sha256.New, []byte(*secret))
	fmt.Fprintf(mac, "%s:%d", nonce, now)
	auth := object{"hmac": object{"public_key": *key, "nonce": nonce, "unix_ts": now,
		"signature": fmt.Sprintf("%x", mac.Sum(nil))}}
	if *account != "" {
		auth["account_id"] = *account
	}
	trade.send(object{"type": "auth", "params": auth})
	trade.wait("auth", func(m message) bool { return m.Authenticated || m.Result == "success" })
	fmt.Println("auth      signed in with", *key)

	// Order updates reach only connections that subscribed to them: subscribe before ordering.
	channels := []string{"order_responses", "fills", "positions", "balances"}
	trade.send(object{"type": "subscribe", "params": object{"channels": channels}})
	for _, channel := range channels {
		trade.wait("subscription "+channel, func(m message) bool { return m.Subscribed == channel })
	}
	balance := trade.wait("a balance", func(m message) bool { return m.BalanceResponse != nil })
	fmt.Println("balance  ", balance.BalanceResponse.Available, "available")

	// 2 % below the best bid an order rests. Three significant digits suit every tick size.
	bid, err := strconv.ParseFloat(bbo.Bid[0][0], 64)
	check(err == nil, "the bid %q is no price", bbo.Bid[0][0])
	price, _ := strconv.ParseFloat(strconv.FormatFloat(bid*0.98, 'g', 3, 64), 64)
	resting, buying := "rest-"+nonce, "buy-"+nonce // unique, as the nonce is
	trade.send(object{"type": "add_order", "params": object{"symbol": *symbol, "side": "BUY",
		"order_type": "LIMIT", "order_time_in_force": "GTC", "quantity": *quantity,
		"price": price, "client_order_id": resting}})
	ack := trade.waitForOrder(resting, "ACK")
	check(ack.Remaining == *quantity, "open quantity is %v", ack.Remaining)
	fmt.Println("resting   buy", *quantity, "@", price, "order", ack.OrderID)
	trade.send(object{"type": "cancel_order", "params": object{"symbol": *symbol,
		"order_id": ack.OrderID, "cancel_order_id_type": "order_id"}})
	cancelled := trade.waitForOrder(resting, "CANCELLED")
	check(cancelled.OrderID == ack.OrderID, "cancelled order is %s", cancelled.OrderID)
	fmt.Println("cancelled order", ack.OrderID)

	// The position may not be flat at the start: the fill must add to what was pushed last.
	position := *quantity
	for _, m := range trade.history {
		if m.PositionResponse != nil && m.PositionResponse.Symbol == *symbol {
			position = m.PositionResponse.Position + *quantity
		}
	}
	trade.send(object{"type": "add_order", "params": object{"symbol": *symbol, "side": "BUY",
		"order_type": "MARKET", "order_time_in_force": "IOC", "quantity": *quantity,
		"client_order_id": buying}})
	order := trade.waitForOrder(buying, "ACK")
	fmt.Println("market    buy", *quantity, "order", order.OrderID)
	trade.waitForOrder(buying, "FILLED")

	// One order may meet several resting ones: as many fills, each with its public twin on MDS
	// under the same trade_id, which may even have come before the private one.
	filled, cost := 0.0, 0.0
	trade.wait("all fills", func(m message) bool {
		fill := m.FillResponse
		if fill == nil || fill.OrderID != order.OrderID {
			return false
		}
		public := mds.wait("the public trade", func(m message) bool {
			return m.TradeID == fill.TradeID
		})
		check(public.price() == fill.price(), "public price is %v", public.Price)
		fmt.Println("fill     ", fill.Quantity, "@", fill.Price, "public trade", fill.TradeID)
		filled, cost = filled+fill.Quantity, cost+fill.Quantity*fill.price()
		return filled > *quantity-1e-9
	})
	trade.wait(fmt.Sprintf("position %.10g", position), func(m message) bool {
		return m.PositionResponse != nil && m.PositionResponse.Symbol == *symbol &&
			math.Abs(m.PositionResponse.Position-position) < 1e-9
	})
	fmt.Printf("position  %.10g\n", position)
	mds.close()
	trade.close()
	fmt.Printf("OK go filled %v %s @ %.10g\n", filled, *symbol, cost/filled)
}
