import SandboxMarket
import ServiceLifecycle

/// The sandbox market, until shutdown.
struct MarketService: Service {
    let runner: SandboxMarketRunner

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await runner.run() }
        } catch is CancellationError {
            // Shutdown: the market just stops.
        }
    }
}
