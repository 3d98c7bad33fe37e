import ConsoleAPI
import DaemonConfiguration
import Devices
import LiveSession
import Logging
import MIDI
import Music
import Playback
import Transport

/// What the API asks, and what its listeners are told.
extension Conductor {
    func perform(_ action: ActionRequest) throws -> ActionReport {
        guard !isStopped else { throw Self.ending }
        let control: Session.Control
        switch action {
        case .record: control = .record
        case .accompany: control = .accompany
        case .undo: control = .undo
        case .redo: control = .redo
        case .erase: control = .erase
        case .stop: control = .stop
        case .next: control = .next
        case .previous: control = .previous
        case .regenerate: control = .regenerate
        case .loop: control = .loop
        case .lock(let part): control = .lock(part)
        case .mute(let part): control = .mute(part.map { .part($0) } ?? .melody)
        case .solo(let part): control = .solo(part)
        case .volume(let part, let value): control = .volume(part.map { .part($0) } ?? .melody, value)
        case .panic: control = .panic
        case .half: control = .half
        case .double: control = .double
        case .tap: control = .tap
        case .metronome: control = .metronome
        case .listen(let on):
            journal?.isPaused = !on
            control = .listen(on)
        case .forget(let minutes): control = .forget(minutes.map { .seconds($0 * 60) })
        case .genre(let genre):
            // Released while the daemon runs; the pads keep their order.
            if !genres.contains(genre), library.genres.contains(genre) { genres.append(genre) }
            guard genres.contains(genre) else {
                let names = genres.map(\.rawValue).joined(separator: ", ")
                throw APIError.notFound("there is no genre '\(genre.rawValue)'", advice: "there are: \(names)")
            }
            control = .genre(genre)
        case .tempo(let tempo): control = .tempo(tempo)
        case .meter(let meter):
            guard Configuration.meters.contains(meter) else {
                throw APIError.badRequest("takes in \(meter) cannot be recorded", advice: "use 4/4, 3/4, 6/8 or 2/4")
            }
            control = .meter(meter)
        }
        refusal = nil
        answer = nil
        if control == .panic { silence() }
        useSynth(at: transport.now())
        handle(.control(control, at: transport.now()))
        rest()
        if let refusal { throw refusal }
        return answer
            ?? ActionReport(
                state: session.state, message: "\(action.name): done", takeID: archive.lastTake,
                arrangementID: archive.lastArrangement)
    }

    /// Lets the band play a take of the store.
    func reopen(_ kept: Session.Kept) throws -> ActionReport {
        guard !isStopped else { throw Self.ending }
        refusal = nil
        useSynth(at: transport.now())
        handle(.reopened(kept, at: transport.now()))
        rest()
        if let refusal { throw refusal }
        return ActionReport(
            state: session.state, message: "take \(kept.name): \(Session.describe(kept.take))", takeID: kept.name)
    }

    static let ending = APIError(status: 503, error: "the daemon is ending")

    /// Forgets what the console is still to play, and ends what it holds.
    func releaseConsole() {
        injected = []
        var held: [MIDIMessage] = []
        consoleKeys.releaseAll { held.append($0) }
        for message in held {
            play(message, from: Self.console, at: transport.now())
            if let output { transport.send(message.on(melodyChannel), to: output.port.address) }
        }
    }

    func inject(_ messages: [InputMessage]) throws {
        guard !isStopped else { throw Self.ending }
        guard injected.count + messages.count <= Self.patience else {
            throw APIError.conflict(
                "too many notes wait to be played", advice: "wait until they are played, or send panic")
        }
        let now = transport.now()
        injected += messages.map { (now + .seconds($0.delay), $0.message) }
        // A stable sort: messages of equal time stay in their order.
        injected = injected.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
        wake()
    }

    func events() -> AsyncStream<ServerEvent> { listeners.stream() }

    func status() -> StatusReport {
        let counters = transport.counters
        return StatusReport(
            version: continuoVersion, state: session.state, genre: session.genre.rawValue,
            genres: genres.map(\.rawValue), tempo: session.presentTempo?.quartersPerMinute,
            meter: session.presentMeter.description, listening: session.listens, metronome: session.clicks,
            loop: session.loops, locked: Part.allCases.filter { session.mix.locked.contains($0) }.map(\.rawValue),
            muted: Voice.all.filter { session.mix.muted.contains($0) }.map(\.name),
            solo: Part.allCases.filter { session.mix.alone.contains($0) }.map(\.rawValue),
            variation: session.piece.flatMap { $0.variations.isEmpty ? nil : $0.current + 1 },
            variations: session.piece.flatMap { $0.variations.isEmpty ? nil : $0.variations.count },
            keyboards: desk.keyboards.map { KeyboardReport($0) },
            output: output.map { "\($0.port.address) \($0.port.clientName)" },
            synth: synthSocket == nil ? nil : synth.description,
            lastTakeID: archive.lastTake, lastArrangementID: archive.lastArrangement,
            uptime: Double((ContinuousClock.now - started) / .milliseconds(1)) / 1000,
            clock: Double(transport.now().nanoseconds) / 1e9,
            counters: [
                "received": counters.received, "sent": counters.sent, "scheduled": counters.scheduled,
                "overruns": counters.overruns, "dropped bytes": lostBytes, "send failures": counters.sendFailures,
                "late notes": counters.late + tally.lateKeys,
            ], timing: timing, problems: problems)
    }

    /// What is wrong at present.
    var problems: [String] {
        standingProblems
            + [outputProblem, storeProblem, journal?.problem, voices[session.genre]?.problem].compactMap { $0 }
            + clockProblems + desk.problems
            + transport.impairments
    }

    // MARK: - Telling

    func publish(_ event: ServerEvent) { listeners.publish(event) }

    func publishKey(_ message: MIDIMessage, _ keyboard: String, at time: Instant) {
        let seconds = Double(time.nanoseconds) / 1e9
        switch message.kind {
        case .noteOn(_, let pitch, let velocity):
            publish(.noteIn(.init(pitch: pitch.number, velocity: velocity.number, source: keyboard, time: seconds)))
        case .noteOff(_, let pitch):
            publish(.noteIn(.init(pitch: pitch.number, velocity: 0, source: keyboard, time: seconds)))
        default: break
        }
    }

    /// Tells listeners that the band's notes ended that were taken back. The embedded transport tells it itself.
    func endAnnounced() {
        let now = transport.now()
        announced.releaseAll { publishBand($0, at: now) }
    }

    func publishBand(_ message: MIDIMessage, at time: Instant) {
        guard let channel = message.channel, let part = Part.allCases.first(where: { $0.channel == channel }) else {
            return
        }
        let seconds = Double(time.nanoseconds) / 1e9
        switch message.kind {
        case .noteOn(_, let pitch, let velocity):
            publish(
                .bandNote(.init(pitch: pitch.number, velocity: velocity.number, source: part.rawValue, time: seconds)))
        case .noteOff(_, let pitch):
            publish(.bandNote(.init(pitch: pitch.number, velocity: 0, source: part.rawValue, time: seconds)))
        default: break
        }
    }
}

extension KeyboardReport {
    init(_ keyboard: KeyboardDesk.Connected) {
        self.init(
            name: keyboard.name, profile: keyboard.plugged.profile?.id,
            usb: keyboard.plugged.keyboard.usb?.description)
    }
}
