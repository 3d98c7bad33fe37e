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
    /// To be stopped when nobody asks the conductor anything any more.
    nonisolated let executor: ConductorExecutor
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
    /// The output must be opened anew: it is the first one, or its port exited, even if one with its address is there again.
    private var isOutputStale = true
    /// The melody's sound in each genre; asked for once.
    private var voices: [Genre: GenreLibrary.Voice] = [:]
    private var askedVoices: Set<Genre> = []
    /// What the melody was last given.
    private var voiced: (port: PortAddress, program: Program)?
    /// Band notes that listeners were told of and whose end they were not.
    private var announced = HeldNotes()
    /// Scheduled messages that the transport did not take yet.
    private var outbox: [ScheduledMessage] = []
    /// Messages of the console's keyboard that are to be played later, by time.
    private var injected: [(time: Instant, message: MIDIMessage)] = []
    private var consoleKeys = MessageNormalizer()
    private let listeners = Listeners()
    private var started = ContinuousClock.now
    private var nextSign: ContinuousClock.Instant?
    /// What was wrong from the start.
    private let standingProblems: [String]
    /// What the store could not do last; nil once it can again.
    private var storeProblem: String?
    private var isStopped = false
    private var reporting: Task<Void, Never>?
    /// What the wish that is being performed was answered with.
    private var answer: ActionReport?
    private var refusal: APIError?

    /// How often the band's messages are handed out; several times within the player's horizon.
    private static let period = Nanoseconds.milliseconds(40)
    /// What the API plays on.
    static let console = Session.Source(number: -1, name: "console")
    /// How many injected messages may wait.
    private static let patience = 16 * InputRequest.maximumMessages

    init(
        executor: ConductorExecutor, transport: any MIDITransport, monitor: any DeviceMonitor,
        configuration: Configuration, genres: [Genre], library: GenreLibrary, worker: WorkerExecutor,
        profiles: ProfileLibrary, store: TakeStore, notifier: ServiceNotifier, logger: Logger
    ) {
        self.executor = executor
        self.transport = transport
        self.monitor = monitor
        self.genres = genres
        self.library = library
        self.worker = worker
        self.notifier = notifier
        self.logger = logger
        archive = Archive(store: store, logger: logger)
        desk = KeyboardDesk(profiles: profiles, logger: logger)
        var problems = profiles.errors.map(\.description)
        if let setAside = store.setAside { problems.append(setAside.description) }
        var configuration = configuration
        if !genres.contains(configuration.genre) {
            let names = genres.map(\.rawValue).joined(separator: ", ")
            problems.append(
                "there is no genre '\(configuration.genre.rawValue)', so the band plays pop (there are: \(names); choose one under [band])"
            )
            configuration.genre = .pop
        }
        standingProblems = problems
        self.configuration = configuration
        session = Session(configuration: configuration)
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
        reporting = Task { [archive] in
            for await report in archive.reports { self.archived(report) }
        }
        for problem in standingProblems { logger.warning("\(problem)") }
        askVoice()
        look()
        if notifier.watchdogInterval != nil { nextSign = .now }
        rest()
    }

    /// Keeps a take in progress, ends the band, releases every note and leaves the keyboards as they were.
    ///
    /// Returns when everything that was played is on the disk. Stopping twice is no error.
    func stop() async {
        guard !isStopped else { return }
        handle(.ending(at: transport.now()))
        isStopped = true
        outbox = []
        injected = []
        transport.silence(nil, thru: true)
        desk.sayGoodbye(transport)
        endAnnounced()
        if let embedded = transport as? EmbeddedTransport {
            drainSounded(embedded)
            executor.unwatch(embedded.soundedDescriptor)
        }
        // From here on nothing calls back: the closures that do not keep this actor are gone.
        executor.unwatch(transport.eventDescriptor)
        executor.unwatch(monitor.descriptor)
        executor.cancelDeadline()
        transport.close()
        await archive.finish()
        await reporting?.value
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
                for (keyboard, music) in desk.gap() {
                    for message in music { publishKey(message, keyboard.name, at: event.time) }
                }
                handle(.gap(at: event.time))
                looked = true
            case .portStarted:
                looked = true
            case .portExited:
                if let gone = desk.portExited(event.source) { went(gone, at: event.time) }
                if event.source == output?.port.address { isOutputStale = true }
                looked = true
            }
        }
        if looked { look() }
        rest()
    }

    private func hear(_ event: TransportEvent) {
        guard let heard = desk.hear(event) else { return }
        if let action = heard.action { press(action, on: heard.keyboard, at: event.time) }
        for message in heard.music { play(message, from: heard.keyboard.source, at: event.time) }
    }

    private func play(_ message: MIDIMessage, from source: Session.Source, at time: Instant) {
        publishKey(message, source.name, at: time)
        handle(.message(message, from: source, at: time))
    }

    private func press(_ action: ControlAction, on keyboard: KeyboardDesk.Connected, at time: Instant) {
        logger.info("button pressed", metadata: ["action": "\(action.name)", "device": "\(keyboard.name)"])
        let control: Session.Control
        switch action {
        case .record: control = .record
        // Without a Stop button, Play is both.
        case .play: control = session.isBandOn && !keyboard.hasStop ? .stop : .play
        case .stop: control = .stop
        case .next: control = .next
        case .previous: control = .previous
        case .loop: control = .loop
        case .genre(let number):
            guard genres.indices.contains(number - 1) else {
                return perform(.refused("there is no genre \(number)", advice: "there are \(genres.count)"))
            }
            control = .genre(genres[number - 1])
        }
        handle(.control(control, at: time))
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
        let ports: [PortInfo]
        let cards: [Keyboard]
        do {
            ports = try transport.ports()
            cards = try monitor.keyboards()
        } catch {
            return logger.error("\(error)")
        }
        let change = desk.look(ports: ports, cards: cards, transport)
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
        chooseOutput(among: ports)
    }

    private func went(_ keyboard: KeyboardDesk.Connected, at time: Instant) {
        logger.notice("keyboard gone", metadata: ["device": "\(keyboard.name)"])
        publish(.deviceWent(KeyboardReport(keyboard)))
        var gone = keyboard
        gone.normalizer.releaseAll { publishKey($0, keyboard.name, at: time) }
        handle(.keyboardLost(keyboard.source, at: time))
    }

    private func chooseOutput(among ports: [PortInfo]) {
        let plugged = desk.connected.values.map(\.plugged).sorted { $0.keyboard.card < $1.keyboard.card }
        let chosen = OutputChoice.choose(
            configured: configuration.output, ports: ports, keyboards: plugged, current: output?.port.address)
        if chosen != output || isOutputStale {
            if let old = output, isOutputStale || old.port.address != chosen?.port.address {
                transport.stopPlaying(to: old.port.address)
                outbox.removeAll()
                endAnnounced()
            }
            output = chosen
            isOutputStale = false
            open(chosen)
        }
        transport.setThru(desk.routes(to: output))
    }

    private func open(_ chosen: OutputChoice?) {
        guard let chosen else {
            if let outputProblem { logger.notice("\(outputProblem)") }
            handle(.routing(nil, at: transport.now()))
            return
        }
        do {
            try transport.startPlaying(to: chosen.port.address)
        } catch {
            logger.error("\(error)")
            output = nil
            isOutputStale = true
            handle(.routing(nil, at: transport.now()))
            return
        }
        logger.notice(
            "the band plays to", metadata: ["port": "\(chosen.port.address) \(chosen.port.clientName)"])
        voiced = nil
        handle(.routing(Routing(standard: chosen.port.address), at: transport.now()))
    }

    /// Why the band is not heard; nil where it is.
    private var outputProblem: String? {
        guard output == nil else { return nil }
        guard let wanted = configuration.output else {
            return
                "the band has no port to play to: start a synthesizer such as fluidsynth, or name a port under [output] in the configuration"
        }
        return
            "the configured output '\(wanted)' is not there: start it or plug it in, or change port under [output] in the configuration"
    }

    /// Gives the melody that goes thru a sound of the genre.
    private func voiceMelody() {
        guard let output, !output.isKeyboard else { return }
        let shown = session.arrangement?.accompaniment
        let program =
            (shown?.genre == session.genre ? shown?.instrumentation.melody : nil) ?? voices[session.genre]?.melody
        guard let program, voiced?.program != program else { return }
        voiced = (output.port.address, program)
        transport.send(.programChange(melodyChannel, program), to: output.port.address)
    }

    /// Asks what the melody is heard on in the genre; that reads the genre's model ahead of its first use.
    private func askVoice() {
        let genre = session.genre
        guard askedVoices.insert(genre).inserted else { return }
        let library = library
        Task(executorPreference: worker) {
            let voice = await library.voice(of: genre)
            await self.learn(voice, of: genre)
        }
    }

    private func learn(_ voice: GenreLibrary.Voice, of genre: Genre) {
        guard !isStopped else { return }
        voices[genre] = voice
        voiceMelody()
    }

    // MARK: - The session

    private func handle(_ event: Session.Event) {
        guard !isStopped else { return }
        for effect in session.handle(event) { perform(effect) }
        askVoice()
        voiceMelody()
    }

    private func perform(_ effect: Session.Effect) {
        switch effect {
        case .storeTake(let take, let number):
            archive.keep(take, number: number)
        case .storeArrangement(let arrangement, let number):
            archive.keep(arrangement, take: number)
        case .accompany(let request, let phrase, let genre, let wish):
            let library = library
            Task(executorPreference: worker) {
                let accompaniment = await library.accompany(phrase, genre: genre, request: wish)
                await self.accompanied(request, accompaniment)
            }
        case .player(let effect):
            perform(effect)
        case .told(let state, let message):
            let report = ActionReport(
                state: state, message: message, takeID: archive.lastTake, arrangementID: archive.lastArrangement)
            answer = report
            publish(.state(report))
        case .refused(let what, let advice):
            logger.notice("\(what)\(advice.isEmpty ? "" : " (\(advice))")")
            refusal = APIError.conflict(what, advice: advice)
            publish(.problem(.conflict(what, advice: advice)))
        }
    }

    private func perform(_ effect: BandPlayer.Effect) {
        switch effect {
        case .schedule(let messages):
            // What was meant for a port that is not played to any more ended with it.
            outbox += messages.filter { $0.destination == output?.port.address }
            offer()
        case .silence(let port):
            outbox.removeAll { $0.destination == port }
            transport.silence(port, thru: false)
            endAnnounced()
        case .panic(let port, let messages):
            transport.silence(port, thru: true)
            for message in messages { transport.send(message, to: port) }
        case .stateChanged, .replaced:
            break
        }
    }

    private func offer() {
        guard !outbox.isEmpty else { return }
        let taken = transport.schedule(outbox)
        if !(transport is EmbeddedTransport) {
            for scheduled in outbox.prefix(taken) {
                announced.follow(scheduled.message)
                publishBand(scheduled.message, at: scheduled.time)
            }
        }
        outbox.removeFirst(taken)
    }

    private func accompanied(_ request: Int, _ accompaniment: Accompaniment) {
        handle(.accompanied(request: request, accompaniment, at: transport.now()))
        rest()
    }

    private func archived(_ report: Archive.Report) {
        switch report {
        case .take(let summary):
            storeProblem = nil
            publish(.takeStored(summary))
        case .arrangement(let summary):
            storeProblem = nil
            publish(.arrangementStored(summary))
        case .failed(let error):
            storeProblem = error
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
        guard !isStopped else { return }
        var waits: [Int64] = []
        if session.isBusy || !outbox.isEmpty { waits.append(Self.period.count) }
        if let first = injected.first { waits.append(max(0, (first.time - transport.now()).count)) }
        if let due = nextSign { waits.append(max(0, Int64((due - .now) / .nanoseconds(1)))) }
        guard let wait = waits.min() else { return executor.cancelDeadline() }
        executor.setDeadline(MonotonicClock.nanoseconds + wait) { [unowned self] in assumeIsolated { $0.wake() } }
    }

    private func playInjected(_ message: MIDIMessage, at time: Instant) {
        for mended in consoleKeys.normalized(message) {
            play(mended, from: Self.console, at: time)
            guard let output, mended.channel != nil else { continue }
            transport.send(mended.on(melodyChannel), to: output.port.address)
        }
    }

    // MARK: - What the API asks

    func perform(_ action: ActionRequest) throws -> ActionReport {
        guard !isStopped else { throw Self.ending }
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
        answer = nil
        if control == .panic { releaseConsole() }
        handle(.control(control, at: transport.now()))
        rest()
        if let refusal { throw refusal }
        return answer
            ?? ActionReport(
                state: session.state, message: "\(action.name): done", takeID: archive.lastTake,
                arrangementID: archive.lastArrangement)
    }

    private static let ending = APIError(status: 503, error: "the daemon is ending")

    /// Forgets what the console is still to play, and ends what it holds.
    private func releaseConsole() {
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
            genres: genres.map(\.rawValue), tempo: session.recorder.settings.tempo.quartersPerMinute,
            meter: session.recorder.settings.meter.description,
            keyboards: desk.connected.values.sorted { $0.plugged.keyboard.card < $1.plugged.keyboard.card }
                .map { KeyboardReport($0) },
            output: output.map { "\($0.port.address) \($0.port.clientName)" }, lastTakeID: archive.lastTake,
            lastArrangementID: archive.lastArrangement,
            uptime: Double((ContinuousClock.now - started) / .milliseconds(1)) / 1000,
            counters: [
                "received": counters.received, "sent": counters.sent, "scheduled": counters.scheduled,
                "overruns": counters.overruns, "send failures": counters.sendFailures,
            ], problems: problems)
    }

    /// What is wrong at present.
    private var problems: [String] {
        standingProblems + [outputProblem, storeProblem, voices[session.genre]?.problem].compactMap { $0 }
            + transport.impairments
    }

    // MARK: - Telling

    private func publish(_ event: ServerEvent) { listeners.publish(event) }

    private func publishKey(_ message: MIDIMessage, _ keyboard: String, at time: Instant) {
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
    private func endAnnounced() {
        let now = transport.now()
        announced.releaseAll { publishBand($0, at: now) }
    }

    private func publishBand(_ message: MIDIMessage, at time: Instant) {
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
