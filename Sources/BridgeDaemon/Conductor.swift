import ConsoleAPI
import Controls
import DaemonConfiguration
import Devices
import FoundationEssentials
import Generation
import Installation
import Journal
import LiveSession
import Logging
import MIDI
import Music
import Playback
import RealTime
import Sync
import TakeStore
import Transport

/// Owns the session: feeds it what the transport, the devices and the console report, and performs its effects.
///
/// Everything here runs on one thread of its own, which no computation holds up.
actor Conductor {
    /// To be stopped when nobody asks the conductor anything any more.
    nonisolated let executor: ConductorExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    let transport: any MIDITransport
    let monitor: any DeviceMonitor
    var configuration: Configuration
    var genres: [Genre]
    let library: GenreLibrary
    let worker: WorkerExecutor
    let notifier: ServiceNotifier
    let logger: Logger
    let archive: Archive
    /// Everything that is played, on the disk; nil where none is kept.
    let journal: PlayedJournal?

    var session: Session
    var desk: KeyboardDesk
    var output: OutputChoice?
    /// Whose MIDI clock is followed, and who gets ours.
    var clockIn: PortAddress?
    var clockOut: PortAddress?
    /// Knows what comes back of our own.
    var echoes = EchoGuard()
    /// The output must be opened anew: it is the first one, or its port exited, even if one with its address is there again.
    var isOutputStale = true
    /// The melody's sound in each genre; asked for once.
    var voices: [Genre: GenreLibrary.Voice] = [:]
    var askedVoices: Set<Genre> = []
    /// What the melody was last given.
    var voiced: (port: PortAddress, program: Program)?
    /// Band notes that listeners were told of and whose end they were not.
    var announced = HeldNotes()
    /// Scheduled messages that the transport did not take yet.
    var outbox: [ScheduledMessage] = []
    /// Messages of the console's keyboard that are to be played later, by time.
    var injected: [(time: Instant, message: MIDIMessage)] = []
    var consoleKeys = MessageNormalizer()
    let listeners = Listeners()
    var started = ContinuousClock.now
    var nextSign: ContinuousClock.Instant?
    /// What was wrong from the start.
    let standingProblems: [String]
    /// What the store could not do last; nil once it can again.
    var storeProblem: String?
    var isStopped = false
    var reporting: Task<Void, Never>?
    /// What the wish that is being performed was answered with.
    var answer: ActionReport?
    /// For after a crash; nil where no list is kept.
    var heldPorts: HeldPorts?
    let suspendWatch = SuspendWatch()
    /// What the driver dropped, when that is looked for next, and how many bytes it was so far.
    var losses = DriverLosses()
    var nextLossLook: Instant?
    var lostBytes = 0
    /// How the synthesizer of our own is asked for; nil where none can be.
    var synthSocket: SynthSocket?
    var synth: SynthService
    /// The last take lost input, and no other has begun since.
    var isTakeDamaged = false
    /// What the state port said last.
    var announcedState: LightState?
    var refusal: APIError?
    var tally = Tally()
    /// Where learned profiles and consents are kept; nil where nothing can be learned.
    let learningPlaces: LearningPlaces?
    /// A keyboard's buttons being learned; nil while none are.
    var learning: Learning?
    /// What was told of learning last.
    var lastLearning = LearningReport(step: .off, message: "nothing is being learned")
    /// The genres' models: whether their files changed, how they were, and who is told.
    var modelWatch: FolderWatch?
    var modelStamps: [Genre: ModelFolders.Stamp] = [:]
    var modelListener: AsyncStream<Genre>.Continuation?
    /// Messages of each card that may be buttons and mean nothing yet.
    var unmapped: [Int: [String]] = [:]

    /// How often the band's messages are handed out; several times within the player's horizon.
    static let period = Nanoseconds.milliseconds(40)
    /// What the API plays on.
    static let console = Session.Source(number: -1, name: "console")
    /// How many injected messages may wait.
    static let patience = 16 * InputRequest.maximumMessages

    init(
        executor: ConductorExecutor, transport: any MIDITransport, monitor: any DeviceMonitor,
        configuration: Configuration, genres: [Genre], library: GenreLibrary, worker: WorkerExecutor,
        profiles: ProfileLibrary, store: TakeStore, journal: PlayedJournal? = nil,
        learningPlaces: LearningPlaces? = nil, synthSocket: SynthSocket? = nil, notifier: ServiceNotifier,
        logger: Logger
    ) {
        self.executor = executor
        self.transport = transport
        self.monitor = monitor
        self.genres = genres
        self.library = library
        self.worker = worker
        self.notifier = notifier
        self.logger = logger
        self.journal = journal
        self.learningPlaces = learningPlaces
        self.synthSocket = synthSocket
        synth = SynthService(configuration.synth)
        archive = Archive(store: store, logger: logger)
        desk = KeyboardDesk(
            profiles: profiles, settings: configuration.keyboards, inputs: configuration.inputs,
            controls: configuration.controls, logger: logger)
        desk.accepted = learningPlaces?.accepted() ?? []
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
        session = Session(settings: .init(configuration, genres: genres))
    }

    // MARK: - Life

    func start() {
        executor.watch(transport.eventDescriptor) { [unowned self] in assumeIsolated { $0.drainTransport() } }
        executor.watch(monitor.descriptor) { [unowned self] in assumeIsolated { $0.drainDevices() } }
        executor.watch(suspendWatch.descriptor) { [unowned self] in assumeIsolated { $0.drainSuspends() } }
        if let watch = library.watch() {
            modelWatch = watch
            modelStamps = library.stamps
            executor.watch(watch.descriptor) { [unowned self] in
                assumeIsolated {
                    $0.lookAtModels()
                    $0.rest()
                }
            }
        }
        if let embedded = transport as? EmbeddedTransport {
            executor.watch(embedded.soundedDescriptor) { [unowned self] in
                assumeIsolated { $0.drainSounded(embedded) }
            }
        }
        reporting = Task { [archive] in
            for await report in archive.reports { self.archived(report) }
        }
        for problem in standingProblems { logger.warning("\(problem)") }
        for hidden in desk.profiles.hidden { logger.notice("\(hidden)") }
        askVoice()
        journal?.isPaused = !configuration.listens
        recallPlayed()
        look()
        showState()
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
        executor.unwatch(suspendWatch.descriptor)
        if let modelWatch { executor.unwatch(modelWatch.descriptor) }
        modelListener?.finish()
        closeSynth()
        executor.cancelDeadline()
        transport.close()
        heldPorts?.removeAll()
        await archive.finish()
        journal?.close()
        await reporting?.value
        listeners.finish()
    }

    // MARK: - What arrives

    func drainTransport() {
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
                if event.source == clockIn { clockIn = nil }
                if event.source == clockOut { clockOut = nil }
                echoes.forget(event.source)
                looked = true
            }
        }
        if looked { look() }
        rest()
    }

    func hear(_ event: TransportEvent) {
        if let message = event.message {
            if event.source == clockIn, message.channel == nil {
                handle(.clock(message, at: event.time))
                // A machine's start is not a button's.
                return
            }
            guard !echoes.isEcho(message, from: event.source, at: event.time) else { return }
        }
        hearAnswer(event)
        if learn(from: event) { return }
        guard let heard = desk.hear(event, state: session.state) else { return }
        if heard.presses.isEmpty { noteUnmapped(event, from: heard.keyboard) }
        follow(heard)
    }

    func follow(_ heard: KeyboardDesk.Heard) {
        for played in heard.music { play(played.message, from: heard.keyboard.source, at: played.time) }
        guard !isLearning(heard.keyboard) else { return }
        for press in heard.presses { self.press(press.action, on: heard.keyboard, at: press.time) }
    }

    func play(_ message: MIDIMessage, from source: Session.Source, at time: Instant) {
        publishKey(message, source.name, at: time)
        useSynth(at: time)
        if session.listens { journal?.append(message: message, keyboard: source.name, at: time) }
        handle(.message(message, from: source, at: time))
    }

    func press(_ action: ControlAction, on keyboard: KeyboardDesk.Connected, at time: Instant) {
        useSynth(at: time)
        logger.info("button pressed", metadata: ["action": "\(action.name)", "device": "\(keyboard.name)"])
        let control: Session.Control
        switch action {
        case .record: control = .record
        // Without a Stop button, Play is both.
        case .play: control = session.isBandOn && !keyboard.controls.hasStop ? .stop : .accompany
        case .stop: control = .stop
        case .next: control = .next
        case .previous: control = .previous
        case .regenerate: control = .regenerate
        case .loop: control = .loop
        case .undo: control = .undo
        case .redo: control = .redo
        case .erase: control = .erase
        case .half: control = .half
        case .double: control = .double
        case .tap: control = .tap
        case .metronome: control = .metronome
        case .panic: control = .panic
        case .lock(let part): control = .lock(part)
        case .mute(let part): control = .mute(.part(part))
        case .solo(let part): control = .solo(part)
        case .nextGenre: control = .genre(genre(1))
        case .previousGenre: control = .genre(genre(-1))
        // Not an action of its own: what it asks for depends on how it is pressed.
        case .oneButton: return
        case .genre(let number):
            guard genres.indices.contains(number - 1) else {
                return perform(.refused("there is no genre \(number)", advice: "there are \(genres.count)"))
            }
            control = .genre(genres[number - 1])
        }
        handle(.control(control, at: time))
    }

    /// The genre so many places after the present one, round about.
    private func genre(_ steps: Int) -> Genre {
        let place = genres.firstIndex(of: session.genre) ?? 0
        return genres[(place + steps + genres.count) % genres.count]
    }

    func drainDevices() {
        while monitor.nextEvent() != nil {}  // hints: the look around tells what is true
        look()
        rest()
    }

    func drainSounded(_ embedded: EmbeddedTransport) {
        for sounded in embedded.drainSounded() where sounded.origin != .thru {
            guard let message = sounded.message else { continue }
            publishBand(message, at: sounded.time)
        }
    }

    // MARK: - The session

    func handle(_ event: Session.Event) {
        guard !isStopped else { return }
        if case .control(_, let time) = event {
            lookAtModels()
            findLosses(at: time)
        }
        session.isPortComing = synth.isConnected
        for effect in session.handle(event) { perform(effect) }
        askVoice()
        voiceMelody()
        showState()
    }

    func perform(_ effect: Session.Effect) {
        switch effect {
        case .storeTake(let take, let number):
            isTakeDamaged = take.isDamaged
            archive.keep(take, number: number)
        case .known(let name, let number):
            archive.adopt(name, number: number)
        case .storeArrangement(let arrangement, let order, let number):
            archive.keep(arrangement, answering: order, take: number)
        case .accompany(let request, let order):
            let library = library
            Task(executorPreference: worker) {
                let (accompaniment, turns, time) = await library.answer(order)
                await self.accompanied(request, accompaniment, turns, in: time)
                // The genre's model may have been replaced since it was asked for.
                await self.learn(library.voice(of: order.genre), of: order.genre)
            }
        case .player(let effect):
            perform(effect)
        case .schedule(let messages):
            enqueue(messages)
        case .forget(let length):
            forgetPlayed(length)
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

    func perform(_ effect: BandPlayer.Effect) {
        switch effect {
        case .schedule(let messages):
            enqueue(messages)
        case .silence(let port):
            outbox.removeAll { $0.destination == port }
            transport.silence(port, thru: false)
            echoes.tookBack(port, after: transport.now())
            endAnnounced()
        case .panic(let port, let messages):
            transport.silence(port, thru: true)
            for message in messages { transport.send(message, to: port) }
            desk.refresh(on: port, transport)
        case .stateChanged, .replaced:
            break
        }
    }

    /// Hands scheduled messages on, in the order of their times; equal times stay in the order in which they came.
    func enqueue(_ messages: [ScheduledMessage]) {
        // What was meant for a port that is not played to any more ended with it.
        let meant = messages.filter { $0.destination == output?.port.address || $0.destination == clockOut }
        guard let first = meant.first else { return }
        let isBehind = outbox.last.map { $0.time <= first.time } ?? true
        outbox += meant
        if !isBehind {
            outbox = outbox.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
                .map(\.element)
        }
        offer()
    }

    func offer() {
        guard !outbox.isEmpty else { return }
        let taken = transport.schedule(outbox)
        for scheduled in outbox.prefix(taken) { echoes.sent(scheduled) }
        if !(transport is EmbeddedTransport) {
            for scheduled in outbox.prefix(taken) {
                announced.follow(scheduled.message)
                publishBand(scheduled.message, at: scheduled.time)
            }
        }
        outbox.removeFirst(taken)
    }

    // MARK: - Time

    /// Called when the deadline passes.
    func wake() {
        let now = transport.now()
        while let first = injected.first, first.time <= now {
            injected.removeFirst()
            if first.message.isNoteOn, first.time + latestBeginning < now {
                tally.lateKeys += 1
            } else {
                playInjected(first.message, at: first.time)
            }
        }
        if session.isBusy { handle(.tick(now)) }
        if session.isBusy, nextLossLook.map({ $0 <= now }) ?? true { findLosses(at: now) }
        if let due = desk.nextDeadline, due <= now { desk.pass(to: now, transport) }
        closeLeftPorts()
        for heard in desk.passControls(to: now) { follow(heard) }
        passLearning(to: now)
        passSynth(to: now)
        offer()
        if let interval = notifier.watchdogInterval, let due = nextSign, due <= .now {
            notifier.alive()
            nextSign = .now + interval
        }
        rest()
    }

    /// Sets the deadline for whatever is next; none when nothing is awaited.
    func rest() {
        guard !isStopped else { return }
        var waits: [Int64] = []
        if session.isBusy || !outbox.isEmpty { waits.append(Self.period.count) }
        for due in [
            injected.first?.time, desk.nextDeadline, desk.controlDeadline, learningDeadline, synth.deadline,
        ].compactMap({ $0 }) {
            waits.append(max(0, (due - transport.now()).count))
        }
        if let due = nextSign { waits.append(max(0, Int64((due - .now) / .nanoseconds(1)))) }
        guard let wait = waits.min() else { return executor.cancelDeadline() }
        executor.setDeadline(MonotonicClock.nanoseconds + wait) { [unowned self] in assumeIsolated { $0.wake() } }
    }

    func playInjected(_ message: MIDIMessage, at time: Instant) {
        for mended in consoleKeys.normalized(message) {
            play(mended, from: Self.console, at: time)
            guard let output, mended.channel != nil else { continue }
            transport.send(mended.on(melodyChannel), to: output.port.address)
        }
    }
}
