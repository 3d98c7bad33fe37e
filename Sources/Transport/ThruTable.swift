import MIDI
import Music

/// Thru routes made ready for a real-time thread: built on the conductor's thread, then used by one other thread alone.
///
/// Passing a message takes no lock and never allocates.
public final class ThruTable: @unchecked Sendable {
    // Why this is Sendable: the table is handed over whole; only one thread uses it at a time.

    /// The most routes that a table holds.
    public static let limit = 32

    private struct Entry: BitwiseCopyable {
        var source: PortAddress
        var destination: PortAddress
        /// 255 keeps the player's.
        var channel: UInt8
        /// `[status - 128, first data byte]`, one bit each.
        var swallowed: InlineArray<256, UInt64>
        var sounding: SoundingNotes
    }

    private let entries: UnsafeMutablePointer<Entry>
    private let count: Int

    /// - Precondition: at most `ThruTable.limit` routes.
    public init(_ routes: [ThruRoute]) {
        precondition(routes.count <= ThruTable.limit, "at most \(ThruTable.limit) thru routes")
        count = routes.count
        entries = .allocate(capacity: max(1, routes.count))
        for (index, route) in routes.enumerated() {
            (entries + index).initialize(
                to: Entry(
                    source: route.source, destination: route.destination, channel: route.channel?.wire ?? 255,
                    swallowed: ThruTable.bits(route.swallowed), sounding: SoundingNotes()))
        }
    }

    deinit { entries.deallocate() }

    /// Hands a message that came from `source` to each route's destination.
    public func pass(_ message: MIDIMessage, from source: PortAddress, _ emit: (PortAddress, MIDIMessage) -> Void) {
        guard message.status < 0xF0 else { return }
        for index in 0..<count where entries[index].source == source && !isSwallowed(message, by: index) {
            let channel = entries[index].channel
            let moved = channel == 255 ? message : message.on(Channel(wire: channel))
            entries[index].sounding.follow(moved)
            emit(entries[index].destination, moved)
        }
    }

    /// Takes over what sounds from the table before this one; what has no route here any more is released.
    public func adopt(_ previous: ThruTable, _ emit: (PortAddress, MIDIMessage) -> Void) {
        for old in 0..<previous.count {
            let entry = previous.entries[old]
            if let new = index(source: entry.source, destination: entry.destination, channel: entry.channel) {
                entries[new].sounding = entry.sounding
                previous.entries[old].sounding = SoundingNotes()
            } else {
                previous.entries[old].sounding.releaseAll { emit(entry.destination, $0) }
            }
        }
    }

    /// Releases what sounds thru: of one source, to one destination, or all of it.
    public func release(
        source: PortAddress? = nil, destination: PortAddress? = nil, _ emit: (PortAddress, MIDIMessage) -> Void
    ) {
        for index in 0..<count {
            let entry = entries[index]
            guard source == nil || entry.source == source, destination == nil || entry.destination == destination else {
                continue
            }
            entries[index].sounding.releaseAll { emit(entry.destination, $0) }
        }
    }

    /// Releases what sounds thru from any port of a client.
    public func release(sourceClient client: UInt8, _ emit: (PortAddress, MIDIMessage) -> Void) {
        for index in 0..<count where entries[index].source.client == client {
            let destination = entries[index].destination
            entries[index].sounding.releaseAll { emit(destination, $0) }
        }
    }

    /// Forgets, without a message, what sounds on a destination that is gone.
    public func forget(destination: PortAddress) {
        for index in 0..<count where entries[index].destination == destination {
            entries[index].sounding = SoundingNotes()
        }
    }

    private func index(source: PortAddress, destination: PortAddress, channel: UInt8) -> Int? {
        for index in 0..<count
        where entries[index].source == source && entries[index].destination == destination
            && entries[index].channel == channel
        {
            return index
        }
        return nil
    }

    private func isSwallowed(_ message: MIDIMessage, by index: Int) -> Bool {
        let bit = ThruTable.bit(message.status, message.data1)
        return entries[index].swallowed[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    private static func bits(_ messages: [SwallowedMessage]) -> InlineArray<256, UInt64> {
        var bits = InlineArray<256, UInt64>(repeating: 0)
        func set(_ status: UInt8, _ data1: UInt8) {
            let bit = ThruTable.bit(status, data1)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        for message in messages where message.status >= 0x80 && message.data1 < 128 {
            set(message.status, message.data1)
            switch message.status & 0xF0 {
            case 0x80: set(message.status | 0x10, message.data1)
            case 0x90: set(message.status & 0xEF, message.data1)
            default: break
            }
        }
        return bits
    }

    private static func bit(_ status: UInt8, _ data1: UInt8) -> Int {
        let telling = status < 0xD0 ? data1 : 0
        return Int(status & 0x7F) << 7 | Int(telling)
    }
}
