/// A frame between the test and the agent in the guest; see `Tests/Machine/guest/agent.c`.
struct AgentFrame: Equatable, Sendable {
    enum Kind: UInt8 {
        case run = 0x72  // r
        case kill = 0x6B  // k
        case write = 0x77  // w
        case hello = 0x68  // h
        case output = 0x6F  // o
        case errorOutput = 0x65  // e
        case end = 0x78  // x
    }

    var kind: Kind
    var request: UInt32 = 0
    var payload: [UInt8] = []

    var rawBytes: [UInt8] {
        [UInt32(payload.count), request].flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
            + [kind.rawValue] + payload
    }

    /// Takes the first frame off a buffer.
    ///
    /// - Returns: nil while it isn't complete. A frame of unknown kind is passed over.
    static func next(from buffer: inout [UInt8]) -> AgentFrame? {
        while buffer.count >= 9 {
            let length = Int(number(buffer[0..<4]))
            guard buffer.count >= 9 + length else { return nil }
            defer { buffer.removeFirst(9 + length) }
            guard let kind = Kind(rawValue: buffer[8]) else { continue }
            return AgentFrame(kind: kind, request: number(buffer[4..<8]), payload: Array(buffer[9..<(9 + length)]))
        }
        return nil
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
