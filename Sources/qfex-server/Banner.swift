import ExchangeAuth
import ExchangeServer
import Foundation

/// What a newcomer reads once the exchange listens: where it is, a key, and a line to try.
struct Banner: Sendable {
    private let settings: ServerConfiguration
    private let key: APIKey?

    init(_ settings: ServerConfiguration, _ key: APIKey?) {
        self.settings = settings
        self.key = key
    }

    func print(_ ports: ListeningPorts) {
        let scheme = settings.usesTLS ? "wss" : "ws"
        let host = settings.host == "0.0.0.0" ? "127.0.0.1" : settings.host
        let marketData = "\(scheme)://\(host):\(ports.marketData)"
        let trade = "\(scheme)://\(host):\(ports.trade)"
        var lines = ["", "QFEX sandbox exchange is running."]
        lines.append("  market data  \(marketData)")
        lines.append("  trade        \(trade)")
        if let shared = ports.shared {
            lines.append("  both         \(scheme)://\(host):\(shared)/mds and /trade")
        }
        let authority = DataDirectory(settings.dataDirectory).certificates
            .appendingPathComponent("ca.pem").path
        let ownAuthority = settings.usesTLS && settings.certificatePath == nil
        if ownAuthority { lines.append("  trust        \(authority)") }
        if let key {
            lines.append("  public key   \(key.publicKey)")
            lines.append("  secret key   \(key.secret.reveal())")
            lines.append("")
            lines.append("Place an order and see it filled:")
            let trust = ownAuthority ? " --ca \(authority)" : ""
            for language in ["python", "node", "go"] {
                lines.append(
                    "  Scripts/quickstart \(language) --mds \(marketData) --trade \(trade)"
                        + " --key \(key.publicKey) --secret \(key.secret.reveal())\(trust)")
            }
        }
        lines.append("")
        lines.append("Stop with Ctrl-C.")
        FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
