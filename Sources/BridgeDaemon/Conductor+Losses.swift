import Controls
import Devices
import LiveSession
import Logging
import MIDI
import Music
import Transport

/// Input that the driver dropped before the sequencer saw it.
extension Conductor {
    /// How often it is looked for while something is played.
    static let lossPeriod = Nanoseconds.seconds(2)

    /// Has losses read elsewhere than where the kernel tells them.
    func count(_ losses: DriverLosses) { self.losses = losses }

    /// Looks whether a keyboard's input was lost, and marks what was being played.
    ///
    /// Called every two seconds while the band or a take goes on, and at each action, so that the take that the action ends is marked.
    func findLosses(at time: Instant) {
        nextLossLook = transport.now() + Self.lossPeriod
        let cards = desk.keyboards.map(\.plugged.keyboard.card).filter { $0 >= 0 }
        let lost = losses.read(cards)
        guard !lost.isEmpty else { return }
        for (card, bytes) in lost.sorted(by: { $0.key < $1.key }) {
            lostBytes += bytes
            guard let keyboard = desk.connected[card] else { continue }
            logger.warning(
                "the driver dropped input: a take in progress is marked damaged",
                metadata: ["device": "\(keyboard.name)", "bytes": "\(bytes)"])
            // Note-offs may be among it.
            for message in desk.release(card) { publishKey(message, keyboard.name, at: time) }
            desk.connected[card]?.controls.reset()
        }
        // A route that is taken away ends what it holds.
        let sources = Set(lost.keys.flatMap { desk.connected[$0]?.plugged.ports.map(\.address) ?? [] })
        transport.setThru(desk.routes(to: output).filter { !sources.contains($0.source) })
        routeThru()
        // It is told as a problem, and is no answer to the action that is being performed.
        let answered = refusal
        handle(.gap(at: time))
        refusal = answered
    }

}
