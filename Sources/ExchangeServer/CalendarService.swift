import SandboxMarket
import ServiceLifecycle

/// The underliers' market hours, until shutdown.
struct CalendarService: Service {
    let runner: CalendarRunner

    func run() async throws {
        await cancelWhenGracefulShutdown { await runner.run() }
    }
}
