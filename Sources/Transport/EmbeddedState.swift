import MIDI
import Music
import RealTime

/// Everything that an embedded transport knows. Pure: time comes in as an argument.
struct EmbeddedState: Sendable {
    private(set) var ports: [PortInfo] = []
    private(set) var counters = TransportCounters()
    private var lastPort: UInt8 = 0
    private var lastClient: UInt8 = 200

    private var listened: Set<PortAddress> = []
    /// Opened destinations and what the band holds on each.
    private var opened: [PortAddress: SoundingNotes] = [:]
    private var thru = ThruTable([])
    /// By time; equal times in the order in which they were scheduled.
    private var schedule: [ScheduledMessage] = []

    private var events: [TransportEvent] = []
    private var nextEventIndex = 0
    private var sounded: [SoundedMessage] = []
    private var announced: [MIDIMessage] = []

    /// How many events and scheduled messages wait at most.
    private static let eventLimit = 8_192
    private static let scheduleLimit = 4_096

    /// By how much scheduled messages sounded late.
    private let lateness: DurationHistogram

    init(lateness: DurationHistogram = DurationHistogram()) { self.lateness = lateness }

    // MARK: ports

    mutating func freeAddress() -> PortAddress {
        precondition(lastPort < 250, "an embedded transport makes at most 250 ports")
        defer { lastPort += 1 }
        return PortAddress(client: lastClient, port: lastPort)
    }

    mutating func add(_ info: PortInfo, at time: Instant) {
        ports.append(info)
        emit(TransportEvent(time: time, source: info.address, kind: .portStarted))
    }

    mutating func remove(_ address: PortAddress, at time: Instant) {
        guard let index = ports.firstIndex(where: { $0.address == address }) else { return }
        ports.remove(at: index)
        opened[address] = nil
        thru.forget(destination: address)
        schedule.removeAll { $0.destination == address }
        releaseThru(source: address, at: time)
        listened.remove(address)
        emit(TransportEvent(time: time, source: address, kind: .portExited))
    }

    mutating func listen(to source: PortAddress) -> Bool {
        guard ports.contains(where: { $0.address == source && $0.isSource }) else { return false }
        listened.insert(source)
        return true
    }

    mutating func stopListening(to source: PortAddress, at time: Instant) {
        guard listened.remove(source) != nil else { return }
        releaseThru(source: source, at: time)
    }

    mutating func startPlaying(to destination: PortAddress) -> Bool {
        guard ports.contains(where: { $0.address == destination && $0.isDestination }) else { return false }
        if opened[destination] == nil { opened[destination] = SoundingNotes() }
        return true
    }

    mutating func stopPlaying(to destination: PortAddress, at time: Instant) {
        guard opened[destination] != nil else { return }
        silence(destination, thru: true, at: time)
        opened[destination] = nil
    }

    // MARK: input

    /// - Returns: whether something of it went thru.
    mutating func inject(_ message: MIDIMessage, from source: PortAddress, at time: Instant) -> Bool {
        guard listened.contains(source) else { return false }
        counters.received += 1
        var wentThru = false
        passThru { table, hear in
            table.pass(message, from: source, at: time, hear)
        } sound: { state, destination, passed in
            state.sound(passed, on: destination, at: time, origin: .thru)
            wentThru = true
        }
        emit(TransportEvent(time: time, source: source, message: message))
        return wentThru
    }

    mutating func inject(systemExclusive bytes: [UInt8], from source: PortAddress, at time: Instant) {
        guard listened.contains(source) else { return }
        counters.received += 1
        var index = 0
        while index < bytes.count {
            var event = TransportEvent(time: time, source: source, kind: .systemExclusive)
            while index < bytes.count, event.count < 16 {
                event.bytes[Int(event.count)] = bytes[index]
                event.count += 1
                index += 1
            }
            emit(event)
        }
    }

    mutating func gap(at time: Instant) {
        counters.overruns += 1
        releaseThru(at: time)
        emit(TransportEvent(time: time, source: PortAddress(client: 0, port: 0), kind: .gap))
    }

    var hasEvents: Bool { nextEventIndex < events.count }

    mutating func nextEvent() -> TransportEvent? {
        guard hasEvents else { return nil }
        let event = events[nextEventIndex]
        nextEventIndex += 1
        if nextEventIndex == events.count {
            events.removeAll(keepingCapacity: true)
            nextEventIndex = 0
        }
        return event
    }

    /// Queues an event; where the conductor does not read, what waits is dropped and one gap says so.
    private mutating func emit(_ event: TransportEvent) {
        if events.count - nextEventIndex >= EmbeddedState.eventLimit {
            counters.overruns += 1
            events = [TransportEvent(time: event.time, source: PortAddress(client: 0, port: 0), kind: .gap)]
            nextEventIndex = 0
        }
        events.append(event)
    }

    // MARK: output

    mutating func setThru(_ table: ThruTable, at time: Instant) {
        let previous = thru
        passThru { _, hear in
            table.adopt(previous, hear)
        } sound: { state, destination, message in
            state.sound(message, on: destination, at: time, origin: .release)
        }
        thru = table
    }

    mutating func send(_ message: MIDIMessage, to destination: PortAddress, at time: Instant) {
        guard opened[destination] != nil else {
            counters.sendFailures += 1
            return
        }
        opened[destination]?.follow(message)
        sound(message, on: destination, at: time, origin: .sent)
    }

    mutating func tell(_ message: MIDIMessage, to destination: PortAddress, at time: Instant) {
        sound(message, on: destination, at: time, origin: .sent)
    }

    mutating func send(systemExclusive bytes: [UInt8], to destination: PortAddress, at time: Instant) {
        guard opened[destination] != nil else {
            counters.sendFailures += 1
            return
        }
        record(.systemExclusive(bytes), on: destination, at: time, due: time, origin: .sent)
    }

    mutating func announce(_ message: MIDIMessage) {
        if announced.count >= EmbeddedTransport.announcements { announced.removeFirst() }
        announced.append(message)
    }

    mutating func drainAnnounced() -> [MIDIMessage] {
        defer { announced = [] }
        return announced
    }

    mutating func schedule(_ messages: [ScheduledMessage], at now: Instant) -> Int {
        var taken = 0
        for message in messages {
            guard message.time <= now + scheduleHorizon, schedule.count < EmbeddedState.scheduleLimit else { break }
            taken += 1
            var index = schedule.count
            while index > 0, schedule[index - 1].time > message.time { index -= 1 }
            schedule.insert(message, at: index)
        }
        counters.scheduled += taken
        soundDue(at: now)
        return taken
    }

    /// When the next scheduled message sounds.
    var nextDue: Instant? { schedule.first?.time }

    /// Sounds everything scheduled until `now`: at `now`, or each at its own time where a virtual clock jumps from
    /// `before` to `now`.
    mutating func soundDue(at now: Instant, jumpingFrom before: Instant? = nil) {
        let due = schedule.prefix { $0.time <= now }
        guard !due.isEmpty else { return }
        schedule.removeFirst(due.count)
        for scheduled in due {
            guard opened[scheduled.destination] != nil else {
                counters.sendFailures += 1
                continue
            }
            // On a clock that is moved by hand everything sounds at its own time.
            if before == nil, scheduled.message.isNoteOn, scheduled.time + latestBeginning < now {
                counters.late += 1
                continue
            }
            opened[scheduled.destination]?.follow(scheduled.message)
            counters.sent += 1
            let time = before.map { max($0, scheduled.time) } ?? now
            lateness.add((time - scheduled.time).count)
            record(
                .message(scheduled.message), on: scheduled.destination, at: time, due: scheduled.time,
                origin: .scheduled)
        }
    }

    mutating func silence(_ destination: PortAddress?, thru includesThru: Bool, at time: Instant) {
        schedule.removeAll { destination == nil || $0.destination == destination }
        for address in opened.keys.sorted(by: { ($0.client, $0.port) < ($1.client, $1.port) })
        where destination == nil || address == destination {
            var messages: [MIDIMessage] = []
            opened[address]?.releaseAll { messages.append($0) }
            for message in messages { sound(message, on: address, at: time, origin: .release) }
        }
        if includesThru { releaseThru(destination: destination, at: time) }
    }

    mutating func close(at time: Instant) {
        silence(nil, thru: true, at: time)
        opened = [:]
        listened = []
    }

    var hasSounded: Bool { !sounded.isEmpty }

    mutating func drainSounded() -> [SoundedMessage] {
        defer { sounded = [] }
        return sounded
    }

    private mutating func releaseThru(source: PortAddress? = nil, destination: PortAddress? = nil, at time: Instant) {
        passThru { table, hear in
            table.release(source: source, destination: destination, hear)
        } sound: { state, destination, message in
            state.sound(message, on: destination, at: time, origin: .release)
        }
    }

    /// Runs the thru table, then sounds what it emitted.
    private mutating func passThru(
        _ run: (ThruTable, (PortAddress, MIDIMessage) -> Void) -> Void,
        sound: (inout EmbeddedState, PortAddress, MIDIMessage) -> Void
    ) {
        var emitted: [(PortAddress, MIDIMessage)] = []
        run(thru) { emitted.append(($0, $1)) }
        for (destination, message) in emitted { sound(&self, destination, message) }
    }

    private mutating func sound(
        _ message: MIDIMessage, on destination: PortAddress, at time: Instant, origin: SoundedMessage.Origin
    ) {
        guard opened[destination] != nil else {
            counters.sendFailures += 1
            return
        }
        counters.sent += 1
        record(.message(message), on: destination, at: time, due: time, origin: origin)
    }

    private mutating func record(
        _ content: SoundedMessage.Content, on destination: PortAddress, at time: Instant, due: Instant,
        origin: SoundedMessage.Origin
    ) {
        if sounded.count >= EmbeddedTransport.memory { sounded.removeFirst(EmbeddedTransport.memory / 2) }
        sounded.append(
            SoundedMessage(time: time, due: due, destination: destination, content: content, origin: origin))
    }
}
