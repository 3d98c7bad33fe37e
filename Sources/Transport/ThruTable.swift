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
        var transpose: Int8
        var lowest: UInt8
        var highest: UInt8
        /// What each held key sounds as.
        var sounded: SoundedKeys
        var gesture: KeyGesture?

        mutating func silence() {
            sounding = SoundingNotes()
            sounded = SoundedKeys()
            gesture?.reset()
        }
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
                    swallowed: ThruTable.bits(route.swallowed), sounding: SoundingNotes(),
                    transpose: Int8(route.transpose), lowest: route.keys.lowerBound, highest: route.keys.upperBound,
                    sounded: SoundedKeys(), gesture: route.gesture))
        }
    }

    deinit { entries.deallocate() }

    /// Hands a message that came from `source` to each route's destination.
    ///
    /// - Parameter time: when it was played, for keys that are struck together.
    public func pass(
        _ message: MIDIMessage, from source: PortAddress, at time: Instant,
        _ emit: (PortAddress, MIDIMessage) -> Void
    ) {
        guard message.status < 0xF0 else { return }
        for index in 0..<count where entries[index].source == source {
            if message.status < 0xB0 {
                if !isGesture(message, by: index, at: time, emit) { passNote(message, by: index, emit) }
            } else if !isSwallowed(message, by: index) {
                self.emit(message, by: index, emit)
            }
        }
    }

    /// Whether a message is one of the pair of keys that is a button; what of it sounds already is ended.
    private func isGesture(
        _ message: MIDIMessage, by index: Int, at time: Instant, _ emit: (PortAddress, MIDIMessage) -> Void
    ) -> Bool {
        guard entries[index].gesture != nil else { return false }
        let (channel, key) = (message.status & 15, message.data1)
        switch message.status & 0xF0 {
        case 0x90 where message.data2 > 0:
            guard case .gesture(_, let first)? = entries[index].gesture?.strike(key, at: time) else { return false }
            if let held = entries[index].sounded[channel, first] {
                entries[index].sounded[channel, first] = nil
                self.emit(MIDIMessage(status: 0x80 | channel, data1: held, data2: 64), by: index, emit)
            }
            return true
        case 0x80, 0x90: return entries[index].gesture?.release(key) == false
        default: return entries[index].gesture?.holds(key) == true
        }
    }

    /// Passes a note or its pressure: what ends or presses a held key as its note-on passed, even where the key became a
    /// control or left the route's keys since.
    private func passNote(_ message: MIDIMessage, by index: Int, _ emit: (PortAddress, MIDIMessage) -> Void) {
        let (channel, key) = (message.status & 15, message.data1)
        let held = entries[index].sounded[channel, key]
        let isNoteOn = message.status & 0xF0 == 0x90 && message.data2 > 0
        let isPressure = message.status & 0xF0 == 0xA0
        let pitch = isSwallowed(message, by: index) ? nil : pitch(of: key, by: index)
        if isNoteOn {
            if let held, held != pitch {
                self.emit(MIDIMessage(status: 0x80 | channel, data1: held, data2: 64), by: index, emit)
            }
            entries[index].sounded[channel, key] = pitch
            if let pitch { self.emit(message.at(pitch), by: index, emit) }
        } else if let held {
            if !isPressure { entries[index].sounded[channel, key] = nil }
            self.emit(message.at(held), by: index, emit)
        } else if let pitch, isPressure || !sounds(pitch, channel, by: index) {
            self.emit(message.at(pitch), by: index, emit)
        }  // else it would end the note of another key
    }

    /// Where a key that is struck now sounds; nil where it does not.
    private func pitch(of key: UInt8, by index: Int) -> UInt8? {
        guard key >= entries[index].lowest, key <= entries[index].highest else { return nil }
        let pitch = Int(key) + Int(entries[index].transpose)
        return (0..<128).contains(pitch) ? UInt8(pitch) : nil
    }

    private func sounds(_ pitch: UInt8, _ channel: UInt8, by index: Int) -> Bool {
        let own = entries[index].channel
        return entries[index].sounding.isHeld(Channel(wire: own == 255 ? channel : own), Pitch(Int(pitch)))
    }

    private func emit(_ message: MIDIMessage, by index: Int, _ emit: (PortAddress, MIDIMessage) -> Void) {
        let channel = entries[index].channel
        let moved = channel == 255 ? message : message.on(Channel(wire: channel))
        entries[index].sounding.follow(moved)
        emit(entries[index].destination, moved)
    }

    /// Takes over what sounds from the table before this one; what has no route here any more is released.
    public func adopt(_ previous: ThruTable, _ emit: (PortAddress, MIDIMessage) -> Void) {
        // One bit a route: routes that are the same to the last, then those that were transposed or split otherwise.
        var (taken, kept): (UInt32, UInt32) = (0, 0)
        take(over: previous, exactly: true, &taken, &kept)
        take(over: previous, exactly: false, &taken, &kept)
        for old in 0..<previous.count where kept & (1 << UInt32(old)) == 0 {
            let destination = previous.entries[old].destination
            previous.entries[old].sounding.releaseAll { emit(destination, $0) }
        }
        for old in 0..<previous.count { previous.entries[old].silence() }
    }

    private func take(over previous: ThruTable, exactly: Bool, _ taken: inout UInt32, _ kept: inout UInt32) {
        for old in 0..<previous.count where kept & (1 << UInt32(old)) == 0 {
            for new in 0..<count
            where taken & (1 << UInt32(new)) == 0 && continues(new, previous.entries + old, exactly: exactly) {
                entries[new].sounding = previous.entries[old].sounding
                entries[new].sounded = previous.entries[old].sounded
                if let known = previous.entries[old].gesture, entries[new].gesture?.continues(known) == true {
                    entries[new].gesture = known
                }
                taken |= 1 << UInt32(new)
                kept |= 1 << UInt32(old)
                break
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
            entries[index].sounded = SoundedKeys()
            entries[index].gesture?.reset()
        }
    }

    /// Releases what sounds thru from any port of a client.
    public func release(sourceClient client: UInt8, _ emit: (PortAddress, MIDIMessage) -> Void) {
        for index in 0..<count where entries[index].source.client == client {
            let destination = entries[index].destination
            entries[index].sounding.releaseAll { emit(destination, $0) }
            entries[index].sounded = SoundedKeys()
            entries[index].gesture?.reset()
        }
    }

    /// Forgets, without a message, what sounds on a destination that is gone.
    public func forget(destination: PortAddress) {
        for index in 0..<count where entries[index].destination == destination {
            entries[index].silence()
        }
    }

    /// Whether a route here goes on where one of the table before this one was.
    private func continues(_ index: Int, _ old: UnsafePointer<Entry>, exactly: Bool) -> Bool {
        let new = entries + index
        guard new.pointee.source == old.pointee.source, new.pointee.destination == old.pointee.destination,
            new.pointee.channel == old.pointee.channel
        else { return false }
        return !exactly
            || new.pointee.transpose == old.pointee.transpose && new.pointee.lowest == old.pointee.lowest
                && new.pointee.highest == old.pointee.highest
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

extension MIDIMessage {
    /// The same note message at another pitch.
    fileprivate func at(_ pitch: UInt8) -> MIDIMessage { MIDIMessage(status: status, data1: pitch, data2: data2) }
}
