import Logging
import Music
import Transport

/// The synthesizer of our own, where there is no other.
extension Conductor {
    /// Looks whether one is wanted; called when ports or keyboards have changed.
    func lookForSynth(among ports: [PortInfo], keyboardCame: Bool) {
        guard let synthSocket, !isStopped else { return }
        let now = transport.now()
        if keyboardCame { follow(synth.used(at: now)) }
        let other = OutputChoice.choose(
            configured: configuration.output, ports: ports.filter { !$0.isOwnSynth },
            keyboards: desk.keyboards.map(\.plugged))
        follow(
            synth.look(
                .init(
                    hasOtherOutput: other != nil || configuration.output != nil && !isOwnSynthConfigured,
                    hasSoundHardware: synthSocket.hasSoundHardware,
                    hasPort: ports.contains { $0.isOwnSynth && $0.isDestination }), at: now))
    }

    /// Whether the configured output is the synthesizer of our own.
    var isOwnSynthConfigured: Bool { configuration.output.map { PortInfo.isOwnSynth(named: $0) } ?? false }

    /// Something is played or asked for.
    func useSynth(at time: Instant) {
        guard synthSocket != nil else { return }
        follow(synth.used(at: time))
    }

    func passSynth(to now: Instant) {
        guard synthSocket != nil else { return }
        if session.isBusy { follow(synth.used(at: now)) }
        follow(synth.pass(to: now))
    }

    private func follow(_ command: SynthService.Command?) {
        switch command {
        case nil: break
        case .disconnect:
            logger.notice("the synthesizer is ended: it is not needed any more")
            closeSynth()
        case .connect:
            do {
                try synthSocket?.open()
            } catch {
                logger.notice("cannot start the synthesizer: \(error.message) (\(error.advice))")
                return synth.ended("\(error.message) (\(error.advice))", at: transport.now())
            }
            guard let descriptor = synthSocket?.descriptor else { return }
            logger.notice("a synthesizer is started, for there is no other")
            executor.watch(descriptor) { [unowned self] in assumeIsolated { $0.drainSynth() } }
        }
    }

    /// Its connection says something: that it has ended.
    private func drainSynth() {
        guard synthSocket?.hasEnded() == true else { return }
        closeSynth()
        logger.warning("the synthesizer has ended by itself")
        synth.ended("fluidsynth ended by itself", at: transport.now())
        rest()
    }

    func closeSynth() {
        if let descriptor = synthSocket?.descriptor { executor.unwatch(descriptor) }
        synthSocket?.close()
    }
}
