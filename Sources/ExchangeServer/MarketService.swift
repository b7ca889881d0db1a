import SandboxMarket
import ServiceLifecycle

/// The sandbox market, until shutdown.
struct MarketService: Service {
    let runner: SandboxMarketRunner

    func run() async throws {
        await cancelWhenGracefulShutdown { await runner.run() }
    }
}
