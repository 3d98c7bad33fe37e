import DaemonConfiguration
import Devices
import Glibc
import Installation
import MIDI
import Music
import TakeStore
import Testing
import Transport

@testable import BridgeDaemon
@testable import ConsoleAPI

/// The conductor beside a socket that answers as systemd does: a connection is a synthesizer's life.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ConductorSynthTests {
    private let folder: TemporaryFolder
    private let wire = WatchedTransport()
    private let store: TakeStore

    init() throws {
        folder = try TemporaryFolder()
        store = try TakeStore(path: "\(folder.path)/continuo.sqlite", logger: quiet)
    }

    private var path: String { "\(folder.path)/synth.sock" }

    private func conduct(
        idle: Double, start: Configuration.Synth.Start = .on, output: String? = nil,
        _ body: (Conductor) async throws -> Void
    ) async throws {
        var configuration = Configuration()
        configuration.synth.start = start
        configuration.output = output
        configuration.synth.idle = .seconds(idle)
        try await conducting(
            transport: wire, monitor: EmbeddedDeviceMonitor(), store: store, configuration: configuration,
            synthSocket: SynthSocket(path: path), body)
    }

    private func listen() throws -> Int32 {
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        try #require(path.utf8.count < MemoryLayout.size(ofValue: name.sun_path))
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(bound == 0 && Glibc.listen(listener, 4) == 0)
        return listener
    }

    private func accepted(_ listener: Int32) async throws -> Int32 {
        var connection: Int32 = -1
        try await eventually("the synthesizer is asked for") {
            connection = accept(listener, nil, nil)
            return connection >= 0 && fcntl(connection, F_SETFL, O_NONBLOCK) == 0
        }
        return connection
    }

    private func playNote(_ conductor: Conductor) async throws {
        try await conductor.inject([
            InputMessage(.noteOn(Channel(1), Pitch(60), Velocity(80)), delay: 0),
            InputMessage(.noteOff(Channel(1), Pitch(60)), delay: 0.05),
        ])
    }

    @Test func aNoteStartsTheSynthesizerAndSilenceEndsIt() async throws {
        let listener = try listen()
        defer { close(listener) }
        try await conduct(idle: 2) { conductor in
            #expect(await conductor.status().synth == "asleep; it starts when you play")
            #expect(await conductor.status().problems.isEmpty)
            try await playNote(conductor)
            let first = try await accepted(listener)
            let port = wire.inner.addDestination("Synth input port", client: "FLUID Synth (Continuo)")
            try await eventually("the band plays there") {
                let status = await conductor.status()
                return status.output?.hasSuffix("FLUID Synth (Continuo)") == true && status.synth == "running"
            }
            var bytes = [UInt8](repeating: 0, count: 16)
            var said: [UInt8] = []
            try await eventually("the connection ends") {
                let count = read(first, &bytes, bytes.count)
                if count > 0 { said += bytes.prefix(count) }
                return count == 0
            }
            #expect(String(decoding: said, as: UTF8.self) == "quit\n")
            close(first)
            wire.inner.removePort(port)
            try await playNote(conductor)
            close(try await accepted(listener))
        }
    }

    @Test func theBandThatIsAskedForWhileTheSynthesizerSleepsComesInWhenItIsThere() async throws {
        let listener = try listen()
        defer { close(listener) }
        try await conduct(idle: 0.5) { conductor in
            try await playNote(conductor)
            let first = try await accepted(listener)
            let port = wire.inner.addDestination("Synth input port", client: "FLUID Synth (Continuo)")
            for beat in 0..<8 {
                try await conductor.inject([
                    InputMessage(.noteOn(Channel(1), Pitch(60 + beat), Velocity(80)), delay: 0.1 * Double(beat)),
                    InputMessage(.noteOff(Channel(1), Pitch(60 + beat)), delay: 0.1 * Double(beat) + 0.08),
                ])
            }
            try await eventually("it sleeps") { await !conductor.synth.isConnected }
            close(first)
            wire.inner.removePort(port)
            try await eventually("its port is missed") { await conductor.output == nil }
            // Nobody has played since, so this press alone starts it.
            let answer = try await conductor.perform(ActionRequest.accompany)
            #expect(answer.state == .generating)
            let second = try await accepted(listener)
            try await eventually("the band waits") {
                await conductor.answer?.message == "the band comes in as soon as the synthesizer is there"
            }
            _ = wire.inner.addDestination("Synth input port", client: "FLUID Synth (Continuo)")
            try await eventually("the band plays") { await conductor.session.isBandOn }
            close(second)
        }
    }

    @Test func namingItAsTheOutputStartsItToo() async throws {
        let listener = try listen()
        defer { close(listener) }
        try await conduct(idle: 60, output: "fluid synth (continuo)") { conductor in
            #expect(await conductor.status().problems.isEmpty)
            try await playNote(conductor)
            let connection = try await accepted(listener)
            _ = wire.inner.addDestination("Synth input port", client: "FLUID Synth (Continuo)")
            try await eventually("the band plays there") {
                await conductor.status().output?.hasSuffix("FLUID Synth (Continuo)") == true
            }
            #expect(await conductor.synth.isConnected, "its own port ended it")
            close(connection)
        }
    }

    @Test func namingItAsTheOutputWhileItIsForbiddenIsSaid() async throws {
        try await conduct(idle: 60, start: .off, output: "FLUID Synth (Continuo)") { conductor in
            #expect(await conductor.status().problems.contains { $0.contains("start = \"off\" under [synth]") })
        }
    }

    @Test func anotherNameDoesNotStartIt() async throws {
        try await conduct(idle: 60, output: "Yoshimi") { conductor in
            try await playNote(conductor)
            try await eventually("the note is played") { await conductor.injected.isEmpty }
            #expect(await !conductor.synth.isConnected)
            #expect(await conductor.status().problems.contains { $0.contains("'Yoshimi' is not there") })
        }
    }

    @Test func oneThatEndsByItselfIsSaidAndAskedForAgain() async throws {
        let listener = try listen()
        defer { close(listener) }
        try await conduct(idle: 60) { conductor in
            try await playNote(conductor)
            close(try await accepted(listener))
            try await eventually("its end is said") {
                await conductor.status().problems.contains { $0.contains("ended by itself") }
            }
            close(try await accepted(listener))
        }
    }

    @Test func withoutTheUnitTheCureIsSaid() async throws {
        try await conduct(idle: 60) { conductor in
            try await playNote(conductor)
            try await eventually("the cure is said") {
                await conductor.status().problems.contains { $0.contains("systemctl start continuo-synth.socket") }
            }
        }
    }
}
