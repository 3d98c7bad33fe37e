import MIDI
import Music
import Transport

/// Knows our own notes when they come back, so that they are never recorded: from a keyboard that echoes what it is sent,
/// a cable from out to in, a patch bay.
///
/// A note is an echo where the same channel and key was sent at most 50 ms before it
/// - to a port of the client that it comes from, or
/// - to another client, once a way back from there was proven: twice the same velocity as well came back after the same time
///   (within 10 ms). Eight notes in a row that did not come back unprove it. The two that proved it were passed.
///
/// Every note that was sent has one echo from a port at most, and the end of an echo is an echo too. What a player plays on
/// another channel never is. All tables have a fixed size: nothing grows, and nothing is allocated after `init`.
public struct EchoGuard: Sendable {
    /// How long a note takes at most to come back.
    public static let delay = Nanoseconds.milliseconds(50)
    /// How much earlier than it was due a note may seem to come back: clocks are read in different places.
    public static let haste = Nanoseconds.milliseconds(2)
    /// How many messages are remembered. A busier band's older ones are forgotten.
    public static let memory = 512
    /// From how many ports notes are watched.
    public static let portLimit = 16

    private struct Sent {
        var time: Instant
        var port: PortAddress
        var channel: UInt8
        var key: UInt8
        /// 0 for a note-off.
        var velocity: UInt8
        /// One bit a source: where it came back.
        var returned: UInt16 = 0
    }

    /// What one port plays.
    private struct Source {
        let port: PortAddress
        /// Times that a note of another client's came back after the same time.
        var proofs = 0
        /// The client whose notes came back.
        var origin: UInt8 = 0
        var delay = Nanoseconds.zero
        var misses = 0
        /// `[channel, half of the keys]`, one bit each: keys that an echo holds, and keys that the player holds.
        var echoed = InlineArray<32, UInt64>(repeating: 0)
        var played = InlineArray<32, UInt64>(repeating: 0)
    }

    /// A ring; `newest` is the place of the last.
    private var sent: [Sent] = []
    private var newest = -1
    private var sources: [Source] = []

    public init() {
        sent.reserveCapacity(EchoGuard.memory)
        sources.reserveCapacity(EchoGuard.portLimit)
    }

    /// Ways back that were proven: ports of clients that we do not play to and that send us what we sent elsewhere.
    public var loops: [PortAddress] { sources.filter { $0.proofs >= 2 }.map(\.port) }

    /// Notes a message that was scheduled.
    public mutating func sent(_ message: ScheduledMessage) {
        sent(message.message, to: message.destination, at: message.time)
    }

    /// Notes a message that was or will be sent; all but notes are ignored. Thru notes count as well.
    public mutating func sent(_ message: MIDIMessage, to port: PortAddress, at time: Instant) {
        let kind = message.status & 0xF0
        guard kind == 0x80 || kind == 0x90 else { return }
        let entry = Sent(
            time: time, port: port, channel: message.status & 15, key: message.data1,
            velocity: kind == 0x90 ? message.data2 : 0)
        newest = (newest + 1) % EchoGuard.memory
        if newest < sent.count {
            if sent[newest].velocity > 0 { forget(sent[newest]) }
            sent[newest] = entry
        } else {
            sent.append(entry)
        }
    }

    /// Everything that was scheduled on a port (or on all) behind an instant was taken back and never sounds.
    public mutating func tookBack(_ port: PortAddress?, after time: Instant) {
        for index in sent.indices where sent[index].time > time && (port == nil || sent[index].port == port) {
            sent[index].time = Instant(nanoseconds: .min / 2)
            sent[index].velocity = 0
        }
    }

    /// Whether a message is one of ours that came back. To be asked once for each message that arrives.
    public mutating func isEcho(_ message: MIDIMessage, from port: PortAddress, at time: Instant) -> Bool {
        let kind = message.status & 0xF0
        guard kind == 0x80 || kind == 0x90, let source = source(port) else { return false }
        return kind == 0x90 && message.data2 > 0
            ? isEchoOfNoteOn(message, source, time) : isEchoOfNoteOff(message, source, time)
    }

    /// Forgets what a port held, and what was proven of it: it is gone.
    public mutating func forget(_ port: PortAddress) {
        guard let index = sources.firstIndex(where: { $0.port == port }) else { return }
        sources.remove(at: index)
        // The bits of the ports behind it move.
        for place in sent.indices {
            let low = sent[place].returned & (1 << UInt16(index) - 1)
            sent[place].returned = low | (sent[place].returned >> UInt16(index + 1)) << UInt16(index)
        }
    }

    private mutating func isEchoOfNoteOn(_ message: MIDIMessage, _ source: Int, _ time: Instant) -> Bool {
        let isEcho = match(message, source, time)
        set(\.echoed, source, message, isEcho || holds(\.echoed, source, message))
        if !isEcho { set(\.played, source, message, true) }
        return isEcho
    }

    private mutating func isEchoOfNoteOff(_ message: MIDIMessage, _ source: Int, _ time: Instant) -> Bool {
        let isPlayed = holds(\.played, source, message)
        guard holds(\.echoed, source, message) else {
            set(\.played, source, message, false)
            return false
        }
        // Both hold the key: ours ended if its end was sent just now.
        if isPlayed, find(message, source, time, isNoteOn: false, anyClient: true) == nil {
            set(\.played, source, message, false)
            return false
        }
        set(\.echoed, source, message, false)
        return true
    }

    /// Finds the note that came back, and learns the way it came.
    private mutating func match(_ message: MIDIMessage, _ source: Int, _ time: Instant) -> Bool {
        let isProven = sources[source].proofs >= 2
        if let place = find(message, source, time, isNoteOn: true, anyClient: isProven) {
            sent[place].returned |= 1 << UInt16(source)
            if sent[place].port.client != sources[source].port.client { sources[source].misses = 0 }
            return true
        }
        guard !isProven, let place = find(message, source, time, isNoteOn: true, anyClient: true),
            sent[place].velocity == message.data2
        else { return false }
        sent[place].returned |= 1 << UInt16(source)
        let delay = time - sent[place].time
        let origin = sent[place].port.client
        let isSame = origin == sources[source].origin && abs((delay - sources[source].delay).count) <= 10_000_000
        sources[source].proofs = sources[source].proofs > 0 && isSame ? 2 : 1
        (sources[source].origin, sources[source].delay) = (origin, delay)
        sources[source].misses = 0
        return false
    }

    /// The oldest note within the delay that has not come back from this source.
    private func find(
        _ message: MIDIMessage, _ source: Int, _ time: Instant, isNoteOn: Bool, anyClient: Bool
    ) -> Int? {
        let (client, origin) = (sources[source].port.client, sources[source].origin)
        let isProven = sources[source].proofs >= 2
        var found: Int?
        for index in sent.indices {
            let entry = sent[index]
            guard entry.key == message.data1, entry.channel == message.status & 15, (entry.velocity > 0) == isNoteOn,
                entry.time <= time + EchoGuard.haste, time - entry.time <= EchoGuard.delay,
                entry.returned & (1 << UInt16(source)) == 0,
                entry.port.client == client || anyClient && (!isProven || entry.port.client == origin)
            else { continue }
            if let best = found, sent[best].time <= entry.time { continue }
            found = index
        }
        return found
    }

    /// A note that leaves the memory: where it should have come back and did not, the way is doubted.
    private mutating func forget(_ entry: Sent) {
        for index in sources.indices
        where sources[index].proofs > 0 && sources[index].origin == entry.port.client
            && entry.returned & (1 << UInt16(index)) == 0
        {
            sources[index].misses += 1
            if sources[index].misses >= 8 { (sources[index].proofs, sources[index].misses) = (0, 0) }
        }
    }

    private mutating func source(_ port: PortAddress) -> Int? {
        if let index = sources.firstIndex(where: { $0.port == port }) { return index }
        guard sources.count < EchoGuard.portLimit else { return nil }
        sources.append(Source(port: port))
        return sources.count - 1
    }

    private typealias Table = WritableKeyPath<Source, InlineArray<32, UInt64>>

    private func holds(_ table: KeyPath<Source, InlineArray<32, UInt64>>, _ source: Int, _ message: MIDIMessage) -> Bool
    {
        sources[source][keyPath: table][EchoGuard.word(message)] & EchoGuard.bit(message) != 0
    }

    private mutating func set(_ table: Table, _ source: Int, _ message: MIDIMessage, _ isOn: Bool) {
        if isOn {
            sources[source][keyPath: table][EchoGuard.word(message)] |= EchoGuard.bit(message)
        } else {
            sources[source][keyPath: table][EchoGuard.word(message)] &= ~EchoGuard.bit(message)
        }
    }

    private static func word(_ message: MIDIMessage) -> Int { Int(message.status & 15) << 1 | Int(message.data1 >> 6) }
    private static func bit(_ message: MIDIMessage) -> UInt64 { 1 << UInt64(message.data1 & 63) }
}
