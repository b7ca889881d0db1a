// From nothing to a fill on QFEX's two WebSockets, with the npm package ws:
// reads market data, signs in, rests and cancels a limit order, then buys at the market and looks
// for the fill everywhere it should be: private fill, public trade, position.
"use strict";
const { createHmac, randomBytes } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { parseArgs } = require("node:util");
const WebSocket = require("ws");

let step = "arguments"; // what the run waits for at the moment

function fail(reason) {
  console.error(`quickstart.js: ${reason}, waiting for ${step}`);
  process.exit(1);
}

// One socket with all it has received; ws answers the server's pings by itself.
class Connection {
  constructor(name, url, ca) {
    Object.assign(this, { name, history: [], look: () => {} });
    this.socket = new WebSocket(url, { ca });
    this.socket.on("open", () => this.keep({ open: true }));
    this.socket.on("message", (data) => this.keep(JSON.parse(data)));
    this.socket.on("error", (error) => fail(`${name} failed: ${error.message}`));
    this.socket.on("close", (code) => fail(`${name} was closed with code ${code}`));
  }

  keep(message) {
    // An err is the answer to some request of ours; it never comes unasked.
    if (message.err) fail(`${message.err.error_code}: ${message.err.message}`);
    this.history.push(message);
    this.look(message);
  }

  send(type, fields) {
    this.socket.send(JSON.stringify({ type, ...fields }));
  }

  // The first message that matches, whether it is here already or still to come: there are no
  // request ids and pulses arrive between answers, so what one step skips is kept.
  async wait(what, matches) {
    step = `${what} on ${this.name}`;
    return this.history.find(matches) ?? new Promise((resolve) => {
      this.look = (message) => {
        if (!matches(message)) return;
        this.look = () => {};
        resolve(message);
      };
    });
  }

  async waitForOrder(clientOrderId, status) {
    const wanted = await this.wait(`${status} of ${clientOrderId}`, ({ order_response: order }) => {
      if (order?.client_order_id !== clientOrderId) return false; // some other message or order
      // ACK comes before all others; any other status is a refusal or an end we don't want.
      if (![status, "ACK"].includes(order.status)) fail(`the order is ${order.status}`);
      // FILLED tells of one execution; the remaining quantity tells whether it was the last.
      return order.status === status && (status !== "FILLED" || order.quantity_remaining === 0);
    });
    return wanted.order_response;
  }
}

async function run({ symbol, key, ...options }, quantity) {
  const ca = options.ca && readFileSync(options.ca);

  // Market data is public. Its numbers are strings, so that no digit is lost on the way.
  const mds = new Connection("mds", options.mds, ca);
  await mds.wait("the connection", (m) => m.open);
  mds.send("subscribe", { channels: ["bbo", "level2", "trade"], symbols: [symbol] });
  const bbo = await mds.wait("a bbo", (m) => m.type === "bbo" && m.bid.length && m.ask.length);
  console.log("bbo       bid", ...bbo.bid[0], "ask", ...bbo.ask[0]);
  const book = await mds.wait("a level2", (m) => m.type === "level2");
  console.log("level2   ", book.bid.length, "bid and", book.ask.length, "ask levels");

  // The URL names the key; the signature over "nonce:unix_ts" proves that we hold its secret.
  const trade = new Connection("trade", `${options.trade}?api_key=${key}`, ca);
  await trade.wait("the connection", (m) => m.open);
  const [nonce, now] = [randomBytes(16).toString("hex"), Math.floor(Date.now() / 1000)];
  const signature = createHmac("sha256", options.secret).update(`${nonce}:${now}`).digest("hex");
  const hmac = { public_key: key, nonce, unix_ts: now, signature };
  // An account_id picks a subaccount; undefined, which JSON leaves out, the primary one.
  trade.send("auth", { params: { hmac, account_id: options.account } });
  await trade.wait("auth", (m) => m.authenticated === true || m.result === "success");
  console.log("auth      signed in with", key);

  // Order updates reach only connections that subscribed to them: subscribe before ordering.
  const channels = ["order_responses", "fills", "positions", "balances"];
  trade.send("subscribe", { params: { channels } });
  for (const channel of channels) {
    await trade.wait(`subscription ${channel}`, (m) => m.subscribed === channel);
  }
  const { balance_response: balance } = await trade.wait("a balance", (m) => m.balance_response);
  console.log("balance  ", balance.available_balance, "available");

  // 2 % below the best bid an order rests. Three significant digits suit every tick size.
  const price = Number((bbo.bid[0][0] * 0.98).toPrecision(3));
  const buy = { symbol, side: "BUY", quantity };
  const [resting, buying] = ["rest", "buy"].map((s) => `${s}-${randomBytes(8).toString("hex")}`);
  trade.send("add_order", { params: { ...buy, order_type: "LIMIT", order_time_in_force: "GTC",
    price, client_order_id: resting } });
  const { order_id: restingId, quantity_remaining } = await trade.waitForOrder(resting, "ACK");
  if (quantity_remaining !== quantity) fail(`open quantity is ${quantity_remaining}`);
  console.log("resting   buy", quantity, "@", price, "order", restingId);
  trade.send("cancel_order", { params: { symbol, order_id: restingId,
    cancel_order_id_type: "order_id" } });
  const cancelled = await trade.waitForOrder(resting, "CANCELLED");
  if (cancelled.order_id !== restingId) fail(`cancelled order is ${cancelled.order_id}`);
  console.log("cancelled order", restingId);

  // The position may not be flat at the start: the fill must add to what was pushed last.
  const seen = (key) => trade.history.flatMap((message) => message[key] ?? []);
  const positions = () => seen("position_response").filter((p) => p.symbol === symbol);
  const position = (positions().at(-1)?.position ?? 0) + quantity;
  trade.send("add_order", { params: { ...buy, order_type: "MARKET", order_time_in_force: "IOC",
    client_order_id: buying } });
  const { order_id: orderId } = await trade.waitForOrder(buying, "ACK");
  console.log("market    buy", quantity, "order", orderId);
  await trade.waitForOrder(buying, "FILLED");

  // One order may meet several resting ones: as many fills, each with its public twin on MDS
  // under the same trade_id, which may even have come before the private one.
  const fills = () => seen("fill_response").filter((f) => f.order_id === orderId);
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  await trade.wait("all fills", () => sum(fills().map((f) => f.quantity)) > quantity - 1e-9);
  for (const fill of fills()) {
    const twin = await mds.wait("the public trade", (m) => m.trade_id === fill.trade_id);
    if (Number(twin.price) !== fill.price) fail(`public price is ${twin.price}`);
    console.log("fill     ", fill.quantity, "@", fill.price, "public trade", fill.trade_id);
  }
  const near = (p) => p !== undefined && Math.abs(p.position - position) < 1e-9;
  await trade.wait(`position ${position}`, () => near(positions().at(-1)));
  console.log("position ", Number(position.toPrecision(10)));
  const average = sum(fills().map((f) => f.price * f.quantity)) / quantity;
  step = "the close frames";
  for (const { socket } of [mds, trade]) socket.removeAllListeners("close").close();
  console.log(`OK node filled ${quantity} ${symbol} @ ${Number(average.toPrecision(10))}`);
}

const { env } = process;
const text = (value) => ({ type: "string", default: value });
const { values } = parseArgs({ options: {
  mds: text(env.QFEX_MDS_URL), trade: text(env.QFEX_TRADE_URL), ca: text(env.QFEX_CA_FILE),
  key: text(env.QFEX_PUBLIC_KEY), secret: text(env.QFEX_SECRET_KEY), account: text(),
  symbol: text("AAPL-USD"), quantity: text("0.1"), timeout: text("20"),
} });
for (const name of ["mds", "trade", "key", "secret"]) if (!values[name]) fail(`no --${name} given`);
setTimeout(() => fail("timeout"), values.timeout * 1000).unref(); // for the whole run
process.on("uncaughtException", (error) => fail(error.message)); // say, a message lacks a field
run(values, Number(values.quantity));
