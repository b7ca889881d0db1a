import ExchangeAuth
import Logging
import ServiceLifecycle

/// Takes over keys that a subcommand made or revoked, within a second.
struct KeyReloadService: Service {
    let keys: LiveAPIKeyDirectory
    let logger: Logger

    func run() async throws {
        var isBroken = false
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(1)) }
            } catch is CancellationError {
                return
            }
            do throws(APIKeyStoreError) {
                if try keys.reloadIfChanged() {
                    logger.info("keys reloaded", metadata: ["count": "\(keys.current.count)"])
                }
                isBroken = false
            } catch {
                // Said once: the keys read before keep working until the file is mended.
                if !isBroken {
                    logger.error("keys cannot be reloaded", metadata: ["error": "\(error)"])
                }
                isBroken = true
            }
        }
    }
}
