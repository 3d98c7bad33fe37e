import ConsoleAPI
import Devices
import Foundation
import MIDI
import Music
import Synchronization
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon

/// A synthesizer whose port vanishes in mid-bar, and one that comes after it.
@Suite(.serialized, .timeLimit(.minutes(1))) struct VanishingSynthTests {
    private let folder: TemporaryFolder
    /// The conductor takes this one for a sequencer, so that the test alone hears what sounds.
    private let wire = WatchedTransport()

    init() throws { folder = try TemporaryFolder() }

    @Test func theBandIsHeardOnTheNextPortAndNothingHangs() async throws {
        let store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
        let first = wire.inner.addDestination("Synth")
        let heard = Mutex<[SoundedMessage]>([])
        func listen() -> [SoundedMessage] {
            heard.withLock {
                $0 += wire.inner.drainSounded()
                return $0
            }
        }
        func begun(on port: PortAddress) -> Int {
            listen().count { $0.destination == port && $0.origin == .scheduled && $0.message?.isNoteOn == true }
        }
        try await conducting(transport: wire, monitor: EmbeddedDeviceMonitor(), store: store) { conductor in
            _ = try await conductor.perform(.tempo(Tempo(quartersPerMinute: 300)!))
            _ = try await conductor.perform(.record)
            try await conductor.inject(
                (0..<8).flatMap { index in
                    let onset = Double(index) * 0.2
                    return [
                        InputMessage(.noteOn(Channel(1), Pitch(60 + index), Velocity(80)), delay: onset),
                        InputMessage(.noteOff(Channel(1), Pitch(60 + index)), delay: onset + 0.15),
                    ]
                })
            try await Task.sleep(for: .milliseconds(1_600))
            _ = try await conductor.perform(.record)
            try await eventually("the band plays") { begun(on: first) >= 10 }

            // In the middle of a bar, with another one there: the band goes on.
            let second = wire.inner.addDestination("Another synth")
            wire.inner.removePort(first)
            try await eventually("the band is heard there") { begun(on: second) >= 10 }
            #expect(await conductor.status().state == .playing)

            // And with none: that is said, and the band waits for the next press of Play.
            wire.inner.removePort(second)
            try await eventually("it is missed") { await conductor.status().output == nil }
            let status = await conductor.status()
            #expect(status.state == .stopped)
            #expect(status.problems.count == 1 && status.problems[0].hasPrefix("the band has no port to play to"))
            // A key that is played meanwhile is no error either.
            try await conductor.inject([
                InputMessage(.noteOn(Channel(1), Pitch(60), Velocity(80))),
                InputMessage(.noteOff(Channel(1), Pitch(60))),
            ])
            let third = wire.inner.addDestination("Synth")
            try await eventually("it is found") { await conductor.status().output != nil }
            #expect(await conductor.status().problems.isEmpty)
            _ = try await conductor.perform(.accompany)
            try await eventually("the band is heard again") { begun(on: third) >= 10 }
            _ = try await conductor.perform(.stop)
            _ = try await conductor.perform(.stop)
            try await eventually("it has stopped") { await conductor.status().state == .stopped }
            #expect(wire.inner.counters.sendFailures == 0, "nothing was sent to a port that is gone")
            var held: Set<[Int]> = []
            for sounded in listen() where sounded.destination == third {
                guard let message = sounded.message, let channel = message.channel else { continue }
                if message.isNoteOn { held.insert([channel.number, Int(message.data1)]) }
                if message.status & 0xF0 == 0x80 { held.remove([channel.number, Int(message.data1)]) }
            }
            #expect(held.isEmpty, "\(held)")
        }
    }
}
