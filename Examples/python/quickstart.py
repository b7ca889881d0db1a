"""From nothing to a fill on QFEX's two WebSockets, with the PyPI package websocket-client.

Reads market data, signs in, rests and cancels a limit order, then buys at the market and looks for
the fill everywhere it should be: private fill, public trade, position."""
import argparse, hashlib, hmac, json, os, secrets, sys, time
import websocket


def fail(text):
    sys.exit(f"quickstart.py: {text}")  # one line on stderr, exit code 1


def expect(what, value, wanted):
    if value != wanted:
        fail(f"{what} is {value} instead of {wanted}")


class Connection:
    """One socket with all it has received. It is read only while something is awaited from it, and
    that does for a run of seconds; a bot that lives longer reads in a thread of its own, because
    receiving is also what answers the server's pings."""
    def __init__(self, name, url, options, deadline):
        self.name, self.deadline, self.history = name, deadline, []
        self.socket = websocket.create_connection(
            url, timeout=options.timeout, sslopt={"ca_certs": options.ca})

    def send(self, kind, **fields):
        self.socket.send(json.dumps({"type": kind, **fields}))

    def receive(self, what):
        opcode = None
        while opcode != websocket.ABNF.OPCODE_TEXT:  # a ping is answered, but is no message
            self.socket.settimeout(max(0.001, self.deadline - time.monotonic()))
            try:
                opcode, data = self.socket.recv_data(control_frame=True)
            except websocket.WebSocketTimeoutException:
                fail(f"timeout waiting for {what} on {self.name}")
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                fail(f"{self.name} closed ({int.from_bytes(data[:2], 'big')}) waiting for {what}")
        self.history.append(json.loads(data))
        if error := self.history[-1].get("err"):  # the answer to some request of ours
            fail(f"{error['error_code']} waiting for {what}: {error.get('message')}")
        return self.history[-1]

    def wait(self, what, matches):
        """The first message that matches, whether it is here already or still to come: there are
        no request ids and pulses arrive between answers, so what one step skips is kept."""
        found = next(filter(matches, self.history), None)
        while not found:
            message = self.receive(what)
            found = message if matches(message) else None
        return found

    def wait_for_order(self, client_order_id, status):
        def matches(message):
            order = message.get("order_response", {})
            if order.get("client_order_id") != client_order_id:
                return False  # some other order of this account
            if order["status"] not in (status, "ACK"):  # which comes before all others
                fail(f"{client_order_id} is {order['status']} instead of {status}")
            # FILLED tells of one execution; the remaining quantity tells whether it was the last.
            done = status != "FILLED" or order["quantity_remaining"] == 0
            return done and order["status"] == status
        return self.wait(f"{status} of {client_order_id}", matches)["order_response"]


def run(options, symbol, quantity):
    # Market data is public. Its numbers are strings, so that no digit is lost on the way.
    deadline = time.monotonic() + options.timeout
    mds = Connection("mds", options.mds, options, deadline)
    mds.send("subscribe", channels=["bbo", "level2", "trade"], symbols=[symbol])
    bbo = mds.wait("a bbo", lambda m: m.get("type") == "bbo" and m["bid"] and m["ask"])
    print("bbo       bid", *bbo["bid"][0], "ask", *bbo["ask"][0])
    book = mds.wait("a level2", lambda m: m.get("type") == "level2")
    print("level2   ", len(book["bid"]), "bid and", len(book["ask"]), "ask levels")

    # The URL names the key; the signature over "nonce:unix_ts" proves that we hold its secret.
    trade = Connection("trade", f"{options.trade}?api_key={options.key}", options, deadline)
    nonce, now = secrets.token_hex(16), int(time.time())
    proof = hmac.new(options.secret.encode(), f"{nonce}:{now}".encode(), hashlib.sha256).hexdigest()
    auth = {"hmac": dict(public_key=options.key, nonce=nonce, unix_ts=now, signature=proof)}
    if options.account:
        auth["account_id"] = options.account  # a subaccount; without it the primary one trades
    trade.send("auth", params=auth)
    trade.wait("auth", lambda m: m.get("authenticated") is True or m.get("result") == "success")
    print("auth      signed in with", options.key)

    # Order updates reach only connections that subscribed to them: subscribe before ordering.
    channels = ["order_responses", "fills", "positions", "balances"]
    trade.send("subscribe", params={"channels": channels})
    for channel in channels:
        trade.wait(f"subscription {channel}", lambda m: m.get("subscribed") == channel)
    balance = trade.wait("a balance", lambda m: "balance_response" in m)["balance_response"]
    print("balance  ", balance["available_balance"], "available")

    # 2 % below the best bid an order rests. Three significant digits suit every tick size.
    price, resting = float(f"{float(bbo['bid'][0][0]) * 0.98:.3g}"), f"rest-{secrets.token_hex(8)}"
    buy = dict(symbol=symbol, side="BUY", quantity=quantity)
    trade.send("add_order", params=dict(buy, order_type="LIMIT", order_time_in_force="GTC",
                                        price=price, client_order_id=resting))
    ack = trade.wait_for_order(resting, "ACK")
    expect("open quantity", ack["quantity_remaining"], quantity)
    print("resting   buy", quantity, "@", price, "order", ack["order_id"])
    trade.send("cancel_order", params=dict(symbol=symbol, order_id=ack["order_id"],
                                           cancel_order_id_type="order_id"))
    expect("cancelled id", trade.wait_for_order(resting, "CANCELLED")["order_id"], ack["order_id"])
    print("cancelled order", ack["order_id"])

    # The position may not be flat at the start: the fill must add to what was pushed last.
    seen = lambda key: [message[key] for message in trade.history if key in message]
    pushes = lambda: [p for p in seen("position_response") if p["symbol"] == symbol]
    position = (pushes()[-1]["position"] if pushes() else 0) + quantity
    buying = f"buy-{secrets.token_hex(8)}"
    trade.send("add_order", params=dict(buy, order_type="MARKET", order_time_in_force="IOC",
                                        client_order_id=buying))
    order_id = trade.wait_for_order(buying, "ACK")["order_id"]
    print("market    buy", quantity, "order", order_id)
    trade.wait_for_order(buying, "FILLED")

    # One order may meet several resting ones: as many fills, each with its public twin on MDS
    # under the same trade_id, which may even have come before the private one.
    fills = lambda: [f for f in seen("fill_response") if f["order_id"] == order_id]
    trade.wait("all fills", lambda _: sum(f["quantity"] for f in fills()) > quantity - 1e-9)
    for fill in fills():
        public = mds.wait("the public trade", lambda m: m.get("trade_id") == fill["trade_id"])
        expect("public price", float(public["price"]), fill["price"])
        print("fill     ", fill["quantity"], "@", fill["price"], "public trade", fill["trade_id"])
    trade.wait(f"position {position:.10g}",
               lambda _: pushes() and abs(pushes()[-1]["position"] - position) < 1e-9)
    print(f"position  {position:.10g}")
    for connection in (mds, trade):
        connection.socket.close()  # sends a close frame and waits for the server's
    average = sum(f["price"] * f["quantity"] for f in fills()) / quantity
    print(f"OK python filled {quantity:.10g} {symbol} @ {average:.10g}")


parser = argparse.ArgumentParser(description="Sign in, trade once, and check every answer.")
for name, variable in dict(mds="QFEX_MDS_URL", trade="QFEX_TRADE_URL", key="QFEX_PUBLIC_KEY",
                           secret="QFEX_SECRET_KEY", ca="QFEX_CA_FILE").items():
    value = os.environ.get(variable)
    parser.add_argument("--" + name, default=value, required=not value and name != "ca")
parser.add_argument("--account")
parser.add_argument("--symbol", default="AAPL-USD")
parser.add_argument("--quantity", type=float, default=0.1)
parser.add_argument("--timeout", type=float, default=20, help="seconds for the whole run")
arguments = parser.parse_args()
try:
    run(arguments, arguments.symbol, arguments.quantity)
except Exception as error:  # no connection, or a message that lacks a field
    fail(f"{type(error).__name__}: {error}")
