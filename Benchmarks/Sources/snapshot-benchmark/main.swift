// snapshot-benchmark DIRECTORY ORDERS ACCOUNTS: how large a snapshot is, how long it takes to write it
// and to begin with it, how fast a log is read, and how long clients wait while a snapshot is made.
//
// The directory must be empty. Prints one line, and exits with 1 when a state is not what it should be.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

guard CommandLine.arguments.count == 4, let orders = Int(CommandLine.arguments[2]), orders > 0,
    let accounts = Int(CommandLine.arguments[3]), accounts > 1, orders <= 1_000 * accounts
else {
    print("usage: snapshot-benchmark DIRECTORY ORDERS ACCOUNTS")
    exit(2)
}
print(
    try SnapshotRun(
        directory: CommandLine.arguments[1], orders: orders, accounts: accounts
    ).run())
