import Foundation
import SwiftASN1
import X509

/// A name under which clients reach the server.
enum ServerName: Hashable, Sendable {
    /// A DNS name in lower case; its first label may be `*`.
    case dns(String)

    /// An IPv4 address (4 bytes) or IPv6 address (16 bytes) in network order.
    case address([UInt8])

    /// Reads an IP address or a DNS name. **Throws** `invalidName`.
    init(_ text: String) throws(LocalCertificateError) {
        if let address = Self.address(text) {
            self = .address(address)
        } else if Self.isDNSName(text) {
            self = .dns(text.lowercased())
        } else {
            throw .invalidName(text)
        }
    }

    /// Takes a name out of a certificate; nil for kinds that are never issued here.
    init?(_ name: GeneralName) {
        switch name {
        case .dnsName(let text): self = .dns(text.lowercased())
        case .ipAddress(let address): self = .address(Array(address.bytes))
        case _: return nil
        }
    }

    /// The name as a certificate holds it.
    var generalName: GeneralName {
        switch self {
        case .dns(let text): .dnsName(text)
        case .address(let bytes): .ipAddress(ASN1OctetString(contentBytes: bytes[...]))
        }
    }

    private static func address(_ text: String) -> [UInt8]? {
        var version4 = in_addr()
        if inet_pton(AF_INET, text, &version4) == 1 {
            return withUnsafeBytes(of: version4) { Array($0) }
        }
        var version6 = in6_addr()
        if inet_pton(AF_INET6, text, &version6) == 1 {
            return withUnsafeBytes(of: version6) { Array($0) }
        }
        return nil
    }

    /// RFC 1123 §2.1: labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all.
    private static func isDNSName(_ text: String) -> Bool {
        var labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if labels.count > 1, labels[0].elementsEqual("*".utf8) { labels.removeFirst() }
        guard text.utf8.count <= 253, let last = labels.last, !last.allSatisfy(isDigit) else {
            return false
        }
        return labels.allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
                && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
        }
    }

    private static func isDigit(_ character: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character)
    }

    private static func isLetter(_ character: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(character | 0x20)
    }
}
