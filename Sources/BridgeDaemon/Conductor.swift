import ConsoleAPI
import Devices
import FoundationEssentials
import Generation
import Logging
import MIDI
import Music
import Playback
import RealTime
import TakeStore
import Transport

/// Owns the session: feeds it what the transport, the devices and the console report, and performs its effects.
///
/// Everything here runs on one thread of its own, which no computation holds up.
actor Conductor {
    private nonisolated let executor: ConductorExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let transport: any MIDITransport
    private let monitor: any DeviceMonitor
    private let configuration: Configuration
    private let genres: [Genre]
    private let library: GenreLibrary
    private let worker: WorkerExecutor
    private let notifier: ServiceNotifier
    private let logger: Logger
    private let archive: Archive

    private var session: Session
    private var desk: KeyboardDesk
    private var output: OutputChoice?
    /// Scheduled messages that the transport did not take yet.
    private var outbox: [ScheduledMessage] = []
    /// Messages of the console's keyboard that are to be played later, by time.
    private var injected: [(time: Instant, message: MIDIMessage)] = []
    private var consoleKeys = MessageNormalizer()
    private let listeners = Listeners()
    private var started = ContinuousClock.now
    private var nextSign: ContinuousClock.Instant?
    private var problems: [String] = []
    private var lastTold = ActionReport(state: .idle, message: "listening")

    /// How often the band's messages are handed out; several times within the player's horizon.
    private static let period = Nanoseconds.milliseconds(40)
    /// The name of what the API plays on.
    static let consoleKeyboard = "console"

    init(
        executor: ConductorExecutor, transport: any MIDITransport, monitor: any DeviceMonitor,
        configuration: Configuration, genres: [Genre], library: GenreLibrary, worker: WorkerExecutor,
        profiles: ProfileLibrary, store: TakeStore, notifier: ServiceNotifier, logger: Logger
    ) {
        self.executor = executor
        self.transport = transport
        self.monitor = monitor
        self.configuration = configuration
        self.genres = genres
        self.library = library
        self.worker = worker
        self.notifier = notifier
        self.logger = logger
        archive = Archive(store: store, logger: logger)
        session = Session(configuration: configuration)
        desk = KeyboardDesk(profiles: profiles, logger: logger)
        problems = profiles.errors.map(\.description)
    }

    // MARK: - Life

    func start() {
        executor.watch(transport.eventDescriptor) { [unowned self] in assumeIsolated { $0.drainTransport() } }
        executor.watch(monitor.descriptor) { [unowned self] in assumeIsolated { $0.drainDevices() } }
        if let embedded = transport as? EmbeddedTransport {
            executor.watch(embedded.soundedDescriptor) { [unowned self] in
                assumeIsolated { $0.drainSounded(embedded) }
            }
        }
        Task { [archive] in
            for await report in archive.reports { self.archived(report) }
        }
        look()
        if notifier.watchdogInterval != nil { nextSign = .now }
        rest()
    }

    /// Ends the band, releases every note and leaves the keyboards as they were.
    func stop() async {
        transport.silence(nil, thru: true)
        desk.sayGoodbye(transport)
        executor.unwatch(transport.eventDescriptor)
        executor.unwatch(monitor.descriptor)
        if let embedded = transport as? EmbeddedTransport { executor.unwatch(embedded.soundedDescriptor) }
        executor.cancelDeadline()
        transport.close()
        await archive.finish()
        listeners.finish()
    }

    // MARK: - What arrives

    private func drainTransport() {
        var looked = false
        while let event = transport.nextEvent() {
            switch event.kind {
            case .message, .systemExclusive:
                hear(event)
            case .gap:
                logger.warning("input was lost: a take in progress is marked damaged")
                desk.gap()
                handle(.gap(at: event.time))
                looked = true
            case .portStarted:
                looked = true
            case .portExited:
                if let gone = desk.portExited(event.source) { went(gone, at: event.time) }
                looked = true
            }
        }
        if looked { look() }
        rest()
    }

    private func hear(_ event: TransportEvent) {
        guard let heard = desk.hear(event) else { return }
        if let action = heard.action { press(action, at: event.time) }
        for message in heard.music { play(message, keyboard: heard.keyboard.name, at: event.time) }
    }

    private func play(_ message: MIDIMessage, keyboard: String, at time: Instant) {
        let seconds = Double(time.nanoseconds) / 1e9
        switch message.kind {
        case .noteOn(_, let pitch, let velocity):
            publish(.noteIn(.init(pitch: pitch.number, velocity: velocity.number, source: keyboard, time: seconds)))
        case .noteOff(_, let pitch):
            publish(.noteIn(.init(pitch: pitch.number, velocity: 0, source: keyboard, time: seconds)))
        default: break
        }
        handle(.message(message, keyboard: keyboard, at: time))
    }

    private func press(_ action: ControlAction, at time: Instant) {
        logger.info("button pressed", metadata: ["action": "\(action.name)"])
        switch action {
        case .record: handle(.control(.record, at: time))
        case .play: handle(.control(.play, at: time))
        case .stop: handle(.control(.stop, at: time))
        case .next: handle(.control(.next, at: time))
        case .previous: handle(.control(.previous, at: time))
        case .loop: break
        case .genre(let number):
            if genres.indices.contains(number - 1) { handle(.control(.genre(genres[number - 1]), at: time)) }
        }
    }

    private func drainDevices() {
        while monitor.nextEvent() != nil {}  // hints: the look around tells what is true
        look()
        rest()
    }

    private func drainSounded(_ embedded: EmbeddedTransport) {
        for sounded in embedded.drainSounded() where sounded.origin != .thru {
            guard let message = sounded.message else { continue }
            publishBand(message, at: sounded.time)
        }
    }

    // MARK: - Devices and output

    private func look() {
        let change = desk.look(transport, monitor)
        for keyboard in change.went { went(keyboard, at: transport.now()) }
        for keyboard in change.came {
            logger.notice(
                "keyboard ready",
                metadata: [
                    "device": "\(keyboard.name)", "profile": "\(keyboard.plugged.profile?.id ?? "generic")",
                    "usb": "\(keyboard.plugged.keyboard.usb?.description ?? "-")",
                ])
            publish(.deviceCame(KeyboardReport(keyboard)))
        }
        chooseOutput()
    }

    private func went(_ keyboard: KeyboardDesk.Connected, at time: Instant) {
        logger.notice("keyboard gone", metadata: ["device": "\(keyboard.name)"])
        publish(.deviceWent(KeyboardReport(keyboard)))
        handle(.keyboardLost(keyboard.name, at: time))
    }

    private func chooseOutput() {
        let ports = (try? transport.ports()) ?? []
        let plugged = desk.connected.values.map(\.plugged).sorted { $0.keyboard.card < $1.keyboard.card }
        let chosen = OutputChoice.choose(configured: configuration.output, ports: ports, keyboards: plugged)
        if chosen != output {
            if let old = output, old.port.address != chosen?.port.address {
                transport.stopPlaying(to: old.port.address)
                outbox.removeAll()
            }
            output = chosen
            open(chosen)
        }
        transport.setThru(desk.routes(to: output))
    }

    private func open(_ chosen: OutputChoice?) {
        guard let chosen else {
            logger.notice(
                "the band has no port to play to: start a synthesizer such as fluidsynth, or configure one under [output]")
            handle(.routing(nil, at: transport.now()))
            return
        }
        do {
            try transport.startPlaying(to: chosen.port.address)
        } catch {
            logger.error("\(error)")
            output = nil
            handle(.routing(nil, at: transport.now()))
            return
        }
        logger.notice(
            "the band plays to", metadata: ["port": "\(chosen.port.address) \(chosen.port.clientName)"])
        handle(.routing(Routing(standard: chosen.port.address), at: transport.now()))
        voiceMelody()
    }

    /// Gives the melody that goes thru a sound of the genre.
    private func voiceMelody() {
        guard let output, !output.isKeyboard else { return }
        let program =
            session.piece.flatMap { $0.variations.isEmpty ? nil : $0.variations[$0.current].arrangement }
            .map { $0.accompaniment.instrumentation.melody } ?? Program(0)
        transport.send(.programChange(melodyChannel, program), to: output.port.address)
    }

    // MARK: - The session

    private func handle(_ event: Session.Event) {
        for effect in session.handle(event) { perform(effect) }
    }

    private func perform(_ effect: Session.Effect) {
        switch effect {
        case .storeTake(let take, let number):
            archive.keep(take, number: number)
        case .storeArrangement(let arrangement, let number):
            archive.keep(arrangement, take: number)
            voiceMelody()
        case .accompany(let request, let phrase, let genre, let wish):
            let library = library
            Task(executorPreference: worker) {
                let accompaniment = await library.accompany(phrase, genre: genre, request: wish)
                await self.accompanied(request, accompaniment)
            }
        case .player(let effect):
            perform(effect)
        case .told(let state, let message):
            lastTold = ActionReport(
                state: state, message: message, takeID: archive.lastTake, arrangementID: archive.lastArrangement)
            publish(.state(lastTold))
        case .refused(let what, let advice):
            logger.notice("\(what)\(advice.isEmpty ? "" : " (\(advice))")")
            refusal = APIError.conflict(what, advice: advice)
            publish(.problem(.conflict(what, advice: advice)))
        }
    }

    private func perform(_ effect: BandPlayer.Effect) {
        switch effect {
        case .schedule(let messages):
            outbox += messages
            offer()
        case .silence(let port):
            outbox.removeAll { $0.destination == port }
            transport.silence(port, thru: false)
        case .panic(let port, let messages):
            for message in messages { transport.send(message, to: port) }
        case .stateChanged, .replaced:
            break
        }
    }

    private func offer() {
        guard !outbox.isEmpty else { return }
        let taken = transport.schedule(outbox)
        if !(transport is EmbeddedTransport) {
            for scheduled in outbox.prefix(taken) { publishBand(scheduled.message, at: scheduled.time) }
        }
        outbox.removeFirst(taken)
    }

    private func accompanied(_ request: Int, _ accompaniment: Accompaniment) {
        handle(.tick(transport.now()))
        handle(.accompanied(request: request, accompaniment))
        rest()
    }

    private func archived(_ report: Archive.Report) {
        switch report {
        case .take(let summary): publish(.takeStored(summary))
        case .arrangement(let summary): publish(.arrangementStored(summary))
        case .failed(let error):
            if !problems.contains(error) { problems.append(error) }
            publish(.problem(APIError(status: 503, error: error)))
        }
    }

    // MARK: - Time

    /// Called when the deadline passes.
    private func wake() {
        let now = transport.now()
        while let first = injected.first, first.time <= now {
            injected.removeFirst()
            playInjected(first.message, at: first.time)
        }
        if session.isBusy { handle(.tick(now)) }
        offer()
        if let interval = notifier.watchdogInterval, let due = nextSign, due <= .now {
            notifier.alive()
            nextSign = .now + interval
        }
        rest()
    }

    /// Sets the deadline for whatever is next; none when nothing is awaited.
    private func rest() {
        var waits: [Int64] = []
        if session.isBusy || !outbox.isEmpty { waits.append(Self.period.count) }
        if let first = injected.first { waits.append(max(0, (first.time - transport.now()).count)) }
        if let due = nextSign { waits.append(max(0, Int64((due - .now) / .nanoseconds(1)))) }
        guard let wait = waits.min() else { return executor.cancelDeadline() }
        executor.setDeadline(MonotonicClock.nanoseconds + wait) { [unowned self] in assumeIsolated { $0.wake() } }
    }

    private func playInjected(_ message: MIDIMessage, at time: Instant) {
        for mended in consoleKeys.normalized(message) {
            play(mended, keyboard: Self.consoleKeyboard, at: time)
            guard let output, mended.channel != nil else { continue }
            transport.send(mended.on(melodyChannel), to: output.port.address)
        }
    }

    // MARK: - What the API asks

    /// Set while a wish is being performed that is refused.
    private var refusal: APIError?

    func perform(_ action: ActionRequest) throws -> ActionReport {
        let control: Session.Control
        switch action {
        case .record: control = .record
        case .accompany: control = .play
        case .stop: control = .stop
        case .next: control = .next
        case .previous: control = .previous
        case .panic: control = .panic
        case .genre(let genre):
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
        let before = lastTold
        handle(.control(control, at: transport.now()))
        rest()
        if let refusal { throw refusal }
        return lastTold == before
            ? ActionReport(
                state: session.state, message: "\(action.name): done", takeID: archive.lastTake,
                arrangementID: archive.lastArrangement) : lastTold
    }

    func inject(_ messages: [InputMessage]) {
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
            genres: genres.map(\.rawValue), tempo: session.recorder.settings.tempo.quartersPerMinute,
            meter: session.recorder.settings.meter.description,
            keyboards: desk.connected.values.sorted { $0.plugged.keyboard.card < $1.plugged.keyboard.card }
                .map { KeyboardReport($0) },
            output: output.map { "\($0.port.address) \($0.port.clientName)" }, lastTakeID: archive.lastTake,
            lastArrangementID: archive.lastArrangement, uptime: Double((ContinuousClock.now - started) / .milliseconds(1)) / 1000,
            counters: [
                "received": counters.received, "sent": counters.sent, "scheduled": counters.scheduled,
                "overruns": counters.overruns, "send failures": counters.sendFailures,
            ], problems: problems + transport.impairments)
    }

    // MARK: - Telling

    private func publish(_ event: ServerEvent) { listeners.publish(event) }

    private func publishBand(_ message: MIDIMessage, at time: Instant) {
        guard let channel = message.channel, let part = Part.allCases.first(where: { $0.channel == channel }) else { return }
        let seconds = Double(time.nanoseconds) / 1e9
        switch message.kind {
        case .noteOn(_, let pitch, let velocity):
            publish(.bandNote(.init(pitch: pitch.number, velocity: velocity.number, source: part.rawValue, time: seconds)))
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
