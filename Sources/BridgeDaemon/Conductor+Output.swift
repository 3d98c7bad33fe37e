import ConsoleAPI
import Devices
import Generation
import LiveSession
import Logging
import MIDI
import Music
import Playback
import Transport

/// Keyboards that come and go, and where the band sounds.
extension Conductor {
    /// Looks which keyboards and ports there are.
    ///
    /// - Returns: the cards of the keyboards that came.
    @discardableResult
    func look() -> Set<Int> {
        let ports: [PortInfo]
        let cards: [Keyboard]
        do {
            ports = try transport.ports()
            cards = try monitor.keyboards()
        } catch {
            logger.error("\(error)")
            return []
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
            unmapped[keyboard.plugged.keyboard.card] = nil
            if !keyboard.isControl, let instruction = keyboard.controls.instructions.first {
                logger.notice(
                    "to start the band: \(instruction)\(keyboard.controls.gesture == nil ? "" : " (gesture = \"off\" under [controls] turns that off)")",
                    metadata: ["device": "\(keyboard.name)"])
            }
            if keyboard.plugged.profile == nil { logger.notice("\(keyboard.learnAdvice)") }
        }
        for (keyboard, music) in change.changed {
            for message in music { play(message, from: keyboard.source, at: transport.now()) }
        }
        if !change.came.isEmpty { findLosses(at: transport.now()) }
        lookForSynth(among: ports, keyboardCame: !change.came.isEmpty)
        chooseOutput(among: ports)
        return Set(change.came.map(\.plugged.keyboard.card))
    }

    func went(_ keyboard: KeyboardDesk.Connected, at time: Instant) {
        logger.notice("keyboard gone", metadata: ["device": "\(keyboard.name)"])
        publish(.deviceWent(KeyboardReport(keyboard)))
        var gone = keyboard
        gone.normalizer.releaseAll { publishKey($0, keyboard.name, at: time) }
        handle(.keyboardLost(keyboard.source, at: time))
    }

    func chooseOutput(among ports: [PortInfo]) {
        let plugged = desk.keyboards.map(\.plugged)
        let chosen = OutputChoice.choose(
            configured: configuration.output, ports: ports, keyboards: plugged, current: output?.port.address)
        if chosen != output || isOutputStale {
            if let old = output, isOutputStale || old.port.address != chosen?.port.address {
                transport.stopPlaying(to: old.port.address)
                letGo(old.port)
                outbox.removeAll()
                endAnnounced()
            }
            output = chosen
            isOutputStale = false
            open(chosen)
        }
        routeThru()
        chooseClocks(among: ports)
    }

    func open(_ chosen: OutputChoice?) {
        guard let chosen else {
            if let outputProblem { logger.notice("\(outputProblem)") }
            handle(.routing(nil, at: transport.now()))
            return
        }
        hold(chosen.port)
        do {
            try transport.startPlaying(to: chosen.port.address)
        } catch {
            logger.error("\(error)")
            letGo(chosen.port)
            output = nil
            isOutputStale = true
            handle(.routing(nil, at: transport.now()))
            return
        }
        logger.notice(
            "the band plays to", metadata: ["port": "\(chosen.port.address) \(chosen.port.clientName)"])
        voiced = nil
        handle(
            .routing(
                Routing(
                    standard: chosen.port.address, latencies: [chosen.port.address: configuration.latency]),
                at: transport.now()))
    }

    /// Why the band is not heard; nil where it is.
    var outputProblem: String? {
        guard output == nil else { return nil }
        if synthSocket != nil, synth.settings.start != .off, configuration.output == nil || isOwnSynthConfigured {
            return synth.problem
        }
        guard let wanted = configuration.output else {
            return
                "the band has no port to play to: start a synthesizer such as fluidsynth, or name a port under [output] in the configuration"
        }
        if isOwnSynthConfigured, synth.settings.start == .off {
            return
                "the configured output '\(wanted)' is the synthesizer of our own, which start = \"off\" under [synth] forbids: change that to \"auto\", or name another port under [output]"
        }
        return
            "the configured output '\(wanted)' is not there: start it or plug it in, or change port under [output] in the configuration"
    }

    /// Gives the melody that goes thru a sound of the genre.
    func voiceMelody() {
        guard let output, !output.isKeyboard else { return }
        let shown = session.arrangement?.accompaniment
        let program =
            (shown?.genre == session.genre ? shown?.instrumentation.melody : nil) ?? voices[session.genre]?.melody
        guard let program, voiced?.program != program else { return }
        voiced = (output.port.address, program)
        transport.send(.programChange(melodyChannel, program), to: output.port.address)
    }

    /// Asks what the melody is heard on in the genre; that reads the genre's model ahead of its first use.
    func askVoice() {
        let genre = session.genre
        guard askedVoices.insert(genre).inserted else { return }
        let library = library
        Task(executorPreference: worker) {
            let voice = await library.voice(of: genre)
            await self.learn(voice, of: genre)
        }
    }

    func learn(_ voice: GenreLibrary.Voice, of genre: Genre) {
        guard !isStopped else { return }
        voices[genre] = voice
        voiceMelody()
    }
}
