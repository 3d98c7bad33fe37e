import Console
import ConsoleAPI
import Controls
import Devices
import Foundation
import Logging
import MIDI
import Music
import Transport

/// A keyboard's buttons being learned.
struct Learning: Sendable {
    /// Nil until a keyboard is played.
    var identity: String?
    var device = ""
    var deviceID = ""
    var learner = ControlLearner()
    /// An action that is asked for as soon as the keyboard is known.
    var first: ControlAction?
    /// When it ends by itself.
    var end: Instant

    /// So long nothing may happen.
    static let patience = Nanoseconds.seconds(60)
}

/// Guided learning: asks, recognises, writes a profile and uses it at once.
extension Conductor {
    func learn(_ step: LearnStep) async throws -> LearningReport {
        guard !isStopped else { throw Self.ending }
        switch step {
        case .begin(let request): return try beginLearning(request)
        case .ask(let name): return try ask(for: try action(named: name))
        case .keep: return try await keepLearned()
        case .cancel:
            guard learning != nil else { throw Self.nothingLearned }
            learning = nil
            routeThru()
            return tellLearning(.off, "nothing was changed")
        case .undo: return try await undoLearned()
        }
    }

    func learningReport() -> LearningReport {
        var report = lastLearning
        report.canUndo = learning == nil && learningPlaces?.lastLearned() != nil
        return report
    }

    private static let nothingLearned = APIError.conflict(
        "nothing is being learned", advice: "begin with POST /v1/learn, or with \"continuo learn\"")

    private func action(named name: String) throws(APIError) -> ControlAction {
        guard let action = ControlAction(name: name == "accompany" ? "play" : name) else {
            let near = ProfileSchema.nearest(to: name, among: ProfileSchema.actions)
            throw .badRequest(
                "there is no action \"\(name)\"",
                advice: near.map { "is it \"\($0)\"?" }
                    ?? "play, record, stop, next, previous, genre-next, one-button ...")
        }
        return action
    }

    private func beginLearning(_ request: LearnRequest) throws -> LearningReport {
        guard learning == nil else {
            throw APIError.conflict("buttons are being learned already", advice: "keep or cancel that first")
        }
        guard learningPlaces != nil else { throw APIError.unavailable("there is no folder for learned profiles") }
        var begun = Learning(end: transport.now() + Learning.patience)
        begun.first = try request.action.map { try action(named: $0) }
        let keyboard = try request.device.map { try self.keyboard(meant: $0) } ?? theOnlyKeyboard
        learning = begun
        defer {
            routeThru()
            rest()
        }
        if let keyboard { return choose(keyboard) }
        return tellLearning(.choosing, "press a key or a button of the keyboard that is to be learned")
    }

    private var theOnlyKeyboard: KeyboardDesk.Connected? {
        desk.connected.count == 1 ? desk.connected.values.first : nil
    }

    private func choose(_ keyboard: KeyboardDesk.Connected) -> LearningReport {
        let profile = keyboard.plugged.profile
        let hasPort = profile?.buttons.contains { $0.place != .anyPort } ?? false
        learning?.identity = keyboard.plugged.keyboard.identity
        learning?.device = keyboard.name
        learning?.deviceID = id(of: keyboard)
        learning?.learner = ControlLearner(
            keysPort: keyboard.plugged.keysNumber,
            controlPort: hasPort ? profile?.controlPort.number(among: keyboard.plugged.portNames) : nil)
        if let first = learning?.first {
            learning?.learner.ask(first)
            return tellLearning(.asking, "press your \(first.name) button")
        }
        return tellLearning(.ready, "\(keyboard.name) is heard")
    }

    private func ask(for action: ControlAction) throws -> LearningReport {
        guard learning != nil else { throw Self.nothingLearned }
        learning?.end = transport.now() + Learning.patience
        defer {
            routeThru()
            rest()
        }
        guard learning?.identity != nil else {
            learning?.first = action
            return tellLearning(.choosing, "press your \(action.name) button")
        }
        learning?.learner.ask(action)
        return tellLearning(.asking, "press your \(action.name) button")
    }

    // MARK: - Hearing

    /// Has what is played sound at once, and what may be the button that is asked for not at all.
    func routeThru() {
        transport.setThru(
            desk.routes(to: output) { keyboard in
                guard let learning else { return [] }
                if learning.identity == nil { return learning.first == nil ? [] : ControlLearner.mayBeButtons() }
                return isLearning(keyboard) ? learning.learner.withheld : []
            })
    }

    func isLearning(_ keyboard: KeyboardDesk.Connected) -> Bool {
        learning.map { $0.identity == keyboard.plugged.keyboard.identity } ?? false
    }

    /// - Returns: whether the event may be the button that is asked for; such an event does nothing else.
    func learn(from event: TransportEvent) -> Bool {
        guard learning != nil, let keyboard = desk.keyboard(of: event.source), let port = keyboard.port(event.source)
        else { return false }
        if learning?.identity == nil {
            // Clock and active sensing come from keyboards that nobody touches.
            guard event.message.map({ $0.channel != nil || (0xFA...0xFC).contains($0.status) }) ?? true else {
                return false
            }
            _ = choose(keyboard)
            routeThru()
        }
        guard isLearning(keyboard), var now = learning else { return false }
        let heard = now.learner.hear(event, onPort: port)
        learning = now
        if let reply = heard.reply { tell(reply) }
        return heard.isButton
    }

    private func tell(_ reply: ControlLearner.Reply) {
        guard let asked = learning?.learner.asked else { return }
        learning?.end = transport.now() + Learning.patience
        switch reply {
        case .pressAgain(let button):
            tellLearning(
                .again, "that is \(button.messages.map(\.trigger.words).joined(separator: " and ")): press it once more"
            )
        case .recognized(let button): tellLearning(.recognized, "\(asked.name): that is \(button.words)")
        case .refused(let why): tellLearning(.asking, why)
        }
    }

    /// When something is to be done for learning; nil while nothing is learned.
    var learningDeadline: Instant? {
        learning.map { now in min(now.end, now.learner.deadline ?? now.end) }
    }

    func passLearning(to now: Instant) {
        guard learning != nil else { return }
        if let reply = learning?.learner.pass(to: now) { tell(reply) }
        guard let learning, learning.end <= now else { return }
        let isLearned = !learning.learner.learned.isEmpty || learning.learner.recognized != nil
        guard isLearned else {
            self.learning = nil
            routeThru()
            tellLearning(.off, "nothing was pressed for a minute: nothing was changed")
            return
        }
        Task {
            do { _ = try await self.keepLearned() } catch { self.complain("\(error)") }
        }
        self.learning?.end = now + Learning.patience
    }

    // MARK: - Keeping

    private func keepLearned() async throws -> LearningReport {
        guard let places = learningPlaces, let identity = learning?.identity else { throw Self.nothingLearned }
        guard let keyboard = desk.connected.values.first(where: { $0.plugged.keyboard.identity == identity }) else {
            throw APIError.conflict("\(learning?.device ?? "the keyboard") is not plugged in", advice: "plug it in")
        }
        learning?.learner.take()
        guard let learned = learning?.learner.learned, !learned.isEmpty else {
            throw APIError.conflict("no button was recognised yet", advice: "press one, or cancel")
        }
        let base = keyboard.plugged.profile
        let now = Date()
        let profile = DeviceProfile(
            learned: learned, on: keyboard.plugged.keyboard, from: base,
            isOwn: base.map { places.isOwn($0.id) } ?? false,
            at: now)
        var remarks = ["The buttons of \(keyboard.name), learned on \(now.formatted(.iso8601)) by pressing them."]
        remarks += learned.map { "\($0.action.name): \($0.button.words)" }
        remarks.append("To undo: \"continuo learn --undo\", or delete this file; the one before it ends in .toml.1.")
        let head = remarks
        let result = await onDisk { () throws(ProfileWriter.WriteError) -> (String, ProfileLibrary) in
            (try places.writer.write(profile, remarks: head), places.library)
        }
        let (path, library): (String, ProfileLibrary)
        do { (path, library) = try result.get() } catch { throw APIError.unavailable("\(error)") }
        places.add(learned: profile.id)
        unmapped[keyboard.plugged.keyboard.card] = nil
        serve(profiles: library)
        logger.notice("buttons were learned", metadata: ["device": "\(keyboard.name)", "profile": "\(path)"])
        let report = tellLearning(.kept, "\(keyboard.name) is used with these buttons from now on", file: path)
        learning = nil
        routeThru()
        return report
    }

    private func undoLearned() async throws -> LearningReport {
        guard learning == nil else { throw APIError.conflict("buttons are being learned", advice: "cancel that first") }
        guard let places = learningPlaces, let id = places.lastLearned() else {
            throw APIError.conflict("no learned profile is there to be taken back")
        }
        let profile = DeviceProfile(id: id, name: "")
        let result = await onDisk { () throws(ProfileWriter.WriteError) -> (Bool, ProfileLibrary) in
            (try places.writer.undo(profile), places.library)
        }
        let (isRestored, library): (Bool, ProfileLibrary)
        do { (isRestored, library) = try result.get() } catch { throw APIError.unavailable("\(error)") }
        places.forgetLastLearned()
        serve(profiles: library)
        return tellLearning(
            .off, isRestored ? "the profile before it is used again: \(id)" : "the learned profile is gone: \(id)",
            file: places.writer.path(of: profile))
    }

    /// Does something with files on another thread.
    private func onDisk<T: Sendable>(
        _ work: @escaping @Sendable () throws(ProfileWriter.WriteError) -> T
    ) async -> Result<T, ProfileWriter.WriteError> {
        await Task(executorPreference: worker) { () -> Result<T, ProfileWriter.WriteError> in
            do throws(ProfileWriter.WriteError) { return .success(try work()) } catch { return .failure(error) }
        }.value
    }

    /// Uses other profiles or consents; keyboards that became something else end what they held.
    func serve(profiles: ProfileLibrary? = nil, accepted: Set<String>? = nil) {
        for (keyboard, music) in desk.serve(profiles: profiles, accepted: accepted, transport) {
            for message in music { play(message, from: keyboard.source, at: transport.now()) }
            publish(.deviceCame(KeyboardReport(keyboard)))
        }
        look()
        rest()
    }

    @discardableResult
    private func tellLearning(
        _ step: LearningReport.Step, _ message: String, file: String? = nil
    ) -> LearningReport {
        let learner = learning?.learner
        var buttons =
            learner?.learned.map { LearningReport.Button(action: $0.action.name, sends: $0.button.words) } ?? []
        if let asked = learner?.asked, let button = learner?.recognized {
            buttons.append(.init(action: asked.name, sends: button.words))
        }
        let report = LearningReport(
            step: step, device: learning.flatMap { $0.identity == nil ? nil : $0.device },
            deviceID: learning.flatMap { $0.identity == nil ? nil : $0.deviceID }, asked: learner?.asked?.name,
            message: message, buttons: buttons, file: file,
            canUndo: step == .kept)
        lastLearning = report
        publish(.learning(report))
        return report
    }
}
