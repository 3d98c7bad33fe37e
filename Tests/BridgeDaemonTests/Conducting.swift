import ConsoleAPI
import DaemonConfiguration
import Controls
import Devices
import Installation
import MIDI
import Music
import RealTime
import TakeStore
import Transport

@testable import BridgeDaemon

/// Runs a conductor for the length of a test, without models and without a server.
func conducting(
    transport: any MIDITransport, monitor: any DeviceMonitor, store: TakeStore,
    configuration: Configuration = Configuration(), profiles: [DeviceProfile] = [], heldPorts: HeldPorts? = nil,
    learningPlaces: LearningPlaces? = nil, losses: DriverLosses = DriverLosses(),
    synthSocket: SynthSocket? = nil, models: [String] = [],
    _ body: (Conductor) async throws -> Void
) async throws {
    let worker = WorkerExecutor(name: "accompany", threads: 1)
    let conductor = Conductor(
        executor: ConductorExecutor(name: "conductor"), transport: transport, monitor: monitor,
        configuration: configuration, genres: [.jazz, .pop],
        library: GenreLibrary(folders: ModelFolders(models), logger: quiet),
        worker: worker, profiles: ProfileLibrary(profiles: profiles), store: store, learningPlaces: learningPlaces,
        synthSocket: synthSocket, notifier: ServiceNotifier(environment: [:]), logger: quiet)
    if let heldPorts { await conductor.holdPorts(heldPorts) }
    await conductor.count(losses)
    await conductor.start()
    let result: Result<Void, any Error>
    do { result = .success(try await body(conductor)) } catch { result = .failure(error) }
    await conductor.stop()
    worker.stop()
    conductor.executor.stop()
    try result.get()
}

extension Conductor {
    /// Records one bar at 400 a minute on the console's keyboard.
    nonisolated func recordBar() async throws {
        _ = try await perform(.tempo(Tempo(quartersPerMinute: 400)!))
        _ = try await perform(.record)
        try await inject(
            (0..<4).flatMap { index in
                let onset = Double(index) * 0.15
                return [
                    InputMessage(.noteOn(Channel(1), Pitch(60 + index), Velocity(80)), delay: onset),
                    InputMessage(.noteOff(Channel(1), Pitch(60 + index)), delay: onset + 0.1),
                ]
            })
        try await Task.sleep(for: .milliseconds(600))
        _ = try await perform(.record)
    }
}
