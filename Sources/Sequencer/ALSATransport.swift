import MIDI
import Music
import RealTime
import Synchronization
import Transport

/// MIDI through the kernel's sequencer: one client, `Continuo`, with the ports `Keyboard` (in), `Band` and
/// `State` (out).
///
/// The kernel stamps input on our queue in real time, interpolated between ticks, and sends scheduled messages from its own
/// timer at 4 kHz; our threads decide neither. Input thread: reading, thru. Output thread: filling the queue, silence.
/// Active sensing is not handed on.
public final class ALSATransport: MIDITransport, @unchecked Sendable {
    // Why this is Sendable: the stored variables belong to the conductor's thread, from which the protocol is called; all
    // else is immutable or made for two threads.

    public let name = "alsa"
    public var eventDescriptor: Int32 { input.arrived.descriptor }

    private let client: SequencerClient
    private let counts = SharedCounters()
    private let input: InputLoop
    private let output: OutputLoop
    private let inputThread: RealTimeThread
    private let outputThread: RealTimeThread

    private var known: Set<PortAddress> = []
    private var opened: Set<PortAddress> = []
    private var listened: Set<PortAddress> = []
    private var routes: [ThruRoute] = []
    /// Events that were made here and come before what waits in the ring.
    private var made: [TransportEvent] = []
    private var isClosed = false

    /// Opens the client, starts its queue and its threads, and begins to watch ports come and go.
    ///
    /// - Throws: `TransportError` in plain language where there is no sequencer, it may not be used, or it is full.
    public init() throws(TransportError) {
        let client = try SequencerClient(name: "Continuo")
        let wake = EventSignal()
        let input = InputLoop(client: client, counters: counts, newcomerWaits: wake)
        let output = try OutputLoop(client: client, counters: counts, wake: wake, newcomers: input.newcomers)
        self.client = client
        self.input = input
        self.output = output
        // Announcements first, then the list: what appears in between is heard twice rather than never.
        try client.subscribe(from: .announcements)
        known = Set(try client.ports().map(\.address))
        inputThread = RealTimeThread(name: "midi-in") { input.run() }
        outputThread = RealTimeThread(name: "midi-out") { output.run() }
    }

    public func now() -> Instant {
        client.recalibrate()
        return client.now()
    }

    /// How far our reading of the queue's clock has come from the kernel's.
    public func clockError() throws(TransportError) -> Nanoseconds { try client.clockError() }

    // MARK: ports

    public func ports() throws(TransportError) -> [PortInfo] { try client.ports() }

    public func listen(to source: PortAddress) throws(TransportError) {
        try client.subscribe(from: source)
        listened.insert(source)
    }

    public func stopListening(to source: PortAddress) {
        guard listened.remove(source) != nil else { return }
        client.unsubscribe(from: source)
        tellInput(InputCommand(kind: .releaseSource, destination: source))
    }

    public func startPlaying(to destination: PortAddress) throws(TransportError) {
        try client.subscribe(to: destination)
        opened.insert(destination)
    }

    public func stopPlaying(to destination: PortAddress) {
        guard opened.contains(destination) else { return }
        silence(destination, thru: true)
        setThru(routes.filter { $0.destination != destination })
        tellOutput(OutputCommand(.forget, destination))
        opened.remove(destination)
        // The releases travel on the output thread; the subscription goes once they have been sent.
        waitForOutput()
        client.unsubscribe(to: destination)
    }

    // MARK: events

    public func nextEvent() -> TransportEvent? {
        if !made.isEmpty { return made.removeFirst() }
        // Cleared before reading: what arrives during the read raises it anew.
        input.arrived.clear()
        guard let event = input.events.pop() else { return nil }
        if !input.events.isEmpty { input.arrived.raise() }
        switch event.kind {
        case .message, .systemExclusive: return event
        case .gap:
            reconcile(at: event.time)
            return event
        case .portStarted:
            known.insert(event.source)
            return event
        case .portExited where event.source.port == InputLoop.everyPort:
            let gone = known.filter { $0.client == event.source.client }.sorted { $0.port < $1.port }
            made += gone.map { TransportEvent(time: event.time, source: $0, kind: .portExited) }
            for port in gone { forget(port) }
            if !made.isEmpty { input.arrived.raise() }
            return made.isEmpty ? nextEvent() : made.removeFirst()
        case .portExited:
            // A client's exit follows its ports' exits: each port is reported once.
            guard known.contains(event.source) else { return nextEvent() }
            forget(event.source)
            return event
        }
    }

    /// After an overflow announcements may be missing: compares the ports with what is known.
    private func reconcile(at time: Instant) {
        guard let ports = try? client.ports() else { return }
        let present = Set(ports.map(\.address))
        for gone in known.subtracting(present) {
            forget(gone)
            made.append(TransportEvent(time: time, source: gone, kind: .portExited))
        }
        for new in present.subtracting(known) {
            known.insert(new)
            made.append(TransportEvent(time: time, source: new, kind: .portStarted))
        }
        if !made.isEmpty { input.arrived.raise() }
    }

    private func forget(_ port: PortAddress) {
        known.remove(port)
        listened.remove(port)
        if opened.remove(port) != nil {
            tellInput(InputCommand(kind: .forget, destination: port))
            tellOutput(OutputCommand(.forget, port))
        }
        let remaining = routes.filter { $0.source != port && $0.destination != port }
        if remaining != routes { setThru(remaining) }
    }

    // MARK: playing

    public func setThru(_ routes: [ThruRoute]) {
        while let table = input.retired.pop() { InputLoop.table(table)?.release() }
        let passable = routes.filter { opened.contains($0.destination) }
        self.routes = passable
        let table = Unmanaged.passRetained(ThruTable(passable))
        if !tellInput(InputCommand(kind: .setThru, table: UInt(bitPattern: table.toOpaque()))) { table.release() }
    }

    public func send(_ message: MIDIMessage, to destination: PortAddress) {
        guard opened.contains(destination) else { return countFailure() }
        tellOutput(OutputCommand(.send, destination, message))
    }

    public func tell(_ message: MIDIMessage, to destination: PortAddress) {
        guard opened.contains(destination) else { return countFailure() }
        tellOutput(OutputCommand(.tell, destination, message))
    }

    public func send(systemExclusive bytes: [UInt8], to destination: PortAddress) {
        precondition(bytes.first == 0xF0 && bytes.last == 0xF7, "a system exclusive message is 0xF0 ... 0xF7")
        guard opened.contains(destination), bytes.count <= OutputLoop.exclusiveLimit,
            output.commands.room > bytes.count / 16 + 1
        else { return countFailure() }
        var index = 0
        while index < bytes.count {
            var command = OutputCommand(.systemExclusive, destination)
            while index < bytes.count, command.count < 16 {
                command.bytes[Int(command.count)] = bytes[index]
                command.count += 1
                index += 1
            }
            _ = output.commands.push(command)
        }
        output.wake.raise()
    }

    public func announce(_ message: MIDIMessage) {
        tellOutput(OutputCommand(.announce, InputCommand.everywhere, message))
    }

    public func schedule(_ messages: [ScheduledMessage]) -> Int {
        let horizon = now() + scheduleHorizon
        var taken = 0
        // Some room stays for what must not wait: silence and messages sent at once.
        var room = output.commands.room - 256
        for message in messages {
            guard message.time <= horizon, room > 0 else { break }
            taken += 1
            guard opened.contains(message.destination) else {
                countFailure()
                continue
            }
            _ = output.commands.push(
                OutputCommand(.schedule, message.destination, message.message, at: message.time))
            room -= 1
        }
        if taken > 0 { output.wake.raise() }
        return taken
    }

    public func silence(_ destination: PortAddress?, thru: Bool) {
        output.silencesAsked.add(1, ordering: .acquiringAndReleasing)
        let address = destination ?? InputCommand.everywhere
        if !tellOutput(OutputCommand(.silence, address)) {
            output.silencesAsked.subtract(1, ordering: .acquiringAndReleasing)
        }
        if thru { tellInput(InputCommand(kind: .release, destination: address)) }
    }

    // MARK: state

    public var impairments: [String] {
        var found = client.impairments
        for thread in [inputThread, outputThread] {
            if case .normal(_, let reason) = thread.scheduling {
                found.append("the thread \(thread.name) runs at normal priority: \(reason)")
            }
        }
        return found
    }

    public var counters: TransportCounters { counts.snapshot }

    public var timings: TransportTimings { counts.timings }

    public func close() {
        guard !isClosed else { return }
        isClosed = true
        input.isStopping.store(true, ordering: .releasing)
        input.wake.raise()
        inputThread.join()
        output.isStopping.store(true, ordering: .releasing)
        output.wake.raise()
        outputThread.join()
        for source in listened { client.unsubscribe(from: source) }
        for destination in opened { client.unsubscribe(to: destination) }
        listened = []
        opened = []
    }

    deinit { close() }

    // MARK: inside

    @discardableResult
    private func tellInput(_ command: InputCommand) -> Bool {
        guard input.commands.push(command) else {
            countFailure()
            return false
        }
        input.wake.raise()
        return true
    }

    @discardableResult
    private func tellOutput(_ command: OutputCommand) -> Bool {
        guard output.commands.push(command) else {
            countFailure()
            return false
        }
        output.wake.raise()
        return true
    }

    /// Gives the real-time threads up to 20 ms to do what they were told.
    private func waitForOutput() {
        let limit = MonotonicClock.nanoseconds + 20_000_000
        while !output.commands.isEmpty || !input.commands.isEmpty, MonotonicClock.nanoseconds < limit {
            MonotonicClock.sleep(nanoseconds: 200_000)
        }
    }

    private func countFailure() { counts.sendFailures.add(1, ordering: .relaxed) }
}
