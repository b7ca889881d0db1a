import ExchangeTypes
import Testing

@Suite struct BinarySearchTests {
    @Test("The partition point is where a walk from the beginning stops", arguments: 0...9)
    func agreesWithAWalk(count: Int) {
        let values = (0..<count).map { $0 * 2 }
        for wanted in -1...20 {
            let walked = values.prefix { $0 < wanted }.count
            #expect(values.partitionPoint(where: { $0 < wanted }) == walked)
            let slice = values.dropFirst()
            #expect(
                slice.partitionPoint(where: { $0 < wanted })
                    == slice.startIndex + slice.prefix { $0 < wanted }.count)
        }
    }
}
