// swift-tools-version: 6.1
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    traits: [
        .trait(name: "MPI", description: "Training by several processes over Open MPI (docs/training-cluster.md).")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // ground: C; the kernels optimised in debug builds too, as the modules below are
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
        .target(name: "CSupport"),
        .target(name: "CALSA", linkerSettings: [.linkedLibrary("asound")]),
        .systemLibrary(name: "CUdev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),
        .systemLibrary(name: "CFluidSynth", providers: [.apt(["libfluidsynth-dev"])]),
        .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CQREncode", pkgConfig: "libqrencode", providers: [.apt(["libqrencode-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        // empty without its trait, so that nobody else needs the headers
        .target(
            name: "COpenMPI", cSettings: [.define("CONTINUO_MPI", .when(traits: ["MPI"]))],
            linkerSettings: [.linkedLibrary("mpi", .when(traits: ["MPI"]))]),

        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads, ports
        .target(name: "MusicXML", dependencies: ["Music"]),
        .target(name: "RealTime", dependencies: ["CSupport"]),
        .target(name: "StandardMIDIFile", dependencies: ["MIDI", "Music"]),
        .target(name: "Tensor", dependencies: ["CKernels"]),
        .target(name: "Transport", dependencies: ["MIDI", "Music", "RealTime"]),

        // floor 2: capture, generation, playback, judging
        .target(name: "Capture", dependencies: ["MIDI", "Music"]),
        .target(name: "Evaluation", dependencies: ["MIDI", "Music", "StandardMIDIFile"]),
        .target(name: "Generation", dependencies: ["Music", "Tensor"]),
        .target(name: "Playback", dependencies: ["MIDI", "Music", "Transport"]),
        .target(name: "Controls", dependencies: ["MIDI", "Music", "Transport"]),
        .target(name: "Sync", dependencies: ["MIDI", "Music", "Transport"]),
        .target(
            name: "LiveSession",
            dependencies: ["Capture", "Generation", "MIDI", "Music", "Playback", "Sync", "Transport"]),

        // floor 3: the outside world: sequencer, devices, store, rendering, training
        .target(
            name: "Devices", dependencies: ["CUdev", "Controls", "MIDI", "Music", "RealTime", "Transport", "TOMLKit"]),
        .target(name: "Journal", dependencies: ["MIDI", "Music", "RealTime"]),
        .target(
            name: "DaemonConfiguration",
            dependencies: ["Controls", "Devices", "LiveSession", "Music", "Playback", "TOMLKit"]),
        .target(name: "Installation", dependencies: ["Evaluation", "Generation", "Music", "Tensor"]),
        // of the command line alone: the daemon has no way to the internet
        .target(name: "Publishing", dependencies: ["CCurl", "Tensor"]),
        .target(
            name: "Rendering", dependencies: ["MIDI", "Music", "CFluidSynth", "CSndFile", "CZlib"]),
        .target(name: "Sequencer", dependencies: ["CALSA", "CSupport", "MIDI", "Music", "RealTime", "Transport"]),
        .target(name: "TakeStore", dependencies: ["Music", grdb, logging]),
        .target(
            name: "Training",
            dependencies: ["CZip", "Evaluation", "Generation", "MIDI", "Music", "StandardMIDIFile", "Tensor"]),
        .target(name: "MessagePassing", dependencies: ["COpenMPI", "Training"]),
        .target(name: "TrainingJobs", dependencies: ["ConsoleAPI", "CSupport", "Music", "RealTime"]),

        // floor 4: the daemon and its API
        .target(name: "ConsoleAPI", dependencies: ["MIDI", "Music"]),
        .target(
            name: "Console",
            dependencies: ["ConsoleAPI", "Music", .product(name: "FlyingSocks", package: "FlyingFox"), logging]),
        .target(name: "ContinuoClient", dependencies: ["ConsoleAPI", "Music"]),
        .target(
            name: "TakeLibrary",
            dependencies: [
                "Capture", "ConsoleAPI", "Generation", "Installation", "Music", "StandardMIDIFile", "TakeStore",
                "Tensor",
            ]),
        .target(
            name: "ModelLibrary", dependencies: ["ConsoleAPI", "Evaluation", "Generation", "Installation", "Music"]),
        .target(
            name: "BridgeDaemon",
            dependencies: [
                "Capture", "Console", "ConsoleAPI", "Controls", "DaemonConfiguration", "Devices", "Generation",
                "Installation", "Journal",
                "LiveSession", "MIDI", "ModelLibrary", "Music", "Playback", "Sync", "RealTime", "Sequencer",
                "StandardMIDIFile",
                "TakeLibrary", "TakeStore", "TrainingJobs", "Transport", "TOMLKit", logging,
            ]),

        // programs
        .executableTarget(
            name: "continuod",
            dependencies: [
                "BridgeDaemon", "ConsoleAPI", "DaemonConfiguration", "Installation", argumentParser, logging,
            ]),
        .executableTarget(
            name: "continuo",
            dependencies: [
                "CQREncode", "Capture", "ConsoleAPI", "ContinuoClient", "DaemonConfiguration", "Devices", "Evaluation",
                "Generation", "Installation",
                "MIDI", "ModelLibrary", "Music", "MusicXML", "Publishing",
                "Rendering", "StandardMIDIFile", "TakeLibrary", "TakeStore", "Tensor", "Training", argumentParser,
                logging, .target(name: "MessagePassing", condition: .when(traits: ["MPI"])),
            ]),

        // tests
        .target(name: "TestSupport", dependencies: ["Music"], path: "Tests/TestSupport"),
        .testTarget(name: "MusicTests", dependencies: ["Music", "TestSupport"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music", "TestSupport"]),
        .testTarget(
            name: "MusicXMLTests",
            dependencies: ["Generation", "MIDI", "Music", "MusicXML", "TestSupport", "Training"]),
        .testTarget(name: "RealTimeTests", dependencies: ["RealTime"]),
        .testTarget(name: "StandardMIDIFileTests", dependencies: ["StandardMIDIFile", "MIDI", "Music", "TestSupport"]),
        .target(name: "TensorReference", dependencies: ["Tensor"], path: "Tests/TensorReference"),
        .testTarget(name: "TensorTests", dependencies: ["Tensor", "TensorReference"]),
        .testTarget(name: "TransportTests", dependencies: ["MIDI", "Music", "RealTime", "Transport"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "MIDI", "Music", "TestSupport"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "MIDI", "Music", "StandardMIDIFile"]),
        .testTarget(
            name: "GenerationTests", dependencies: ["Generation", "Music", "Tensor", "TensorReference"],
            exclude: ["Fixtures"]),
        // a program that plays into a journal until it is killed
        .executableTarget(
            name: "journal-player", dependencies: ["Journal", "MIDI", "Music", "RealTime"],
            path: "Tests/JournalPlayer"),
        .testTarget(name: "JournalTests", dependencies: ["Journal", "MIDI", "Music", "RealTime", "journal-player"]),
        .testTarget(name: "PlaybackTests", dependencies: ["Playback", "MIDI", "Music", "Transport", "TestSupport"]),
        .testTarget(name: "SyncTests", dependencies: ["MIDI", "Music", "Sync", "TestSupport", "Transport"]),
        .testTarget(
            name: "LiveSessionTests",
            dependencies: [
                "Capture", "Generation", "LiveSession", "MIDI", "Music", "Playback", "Sync", "TestSupport", "Transport",
            ]),
        .testTarget(
            name: "BridgeDaemonTests",
            dependencies: [
                "BridgeDaemon", "Console", "ConsoleAPI", "ContinuoClient", "Controls", "DaemonConfiguration", "Devices",
                "Generation",
                "Installation",
                "LiveSession",
                "MIDI", "ModelLibrary", "Music",
                "Playback", "RealTime", "TakeLibrary", "TakeStore", "TestSupport", "TrainingJobs", "Transport",
                "continuod",
                grdb, logging,
            ]),
        // a server that keeps SoundCloud's documented contract
        .target(
            name: "SoundCloudStandIn", dependencies: ["Tensor"], path: "Tests/SoundCloudStandIn"),
        .testTarget(name: "PublishingTests", dependencies: ["Publishing", "SoundCloudStandIn"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "ConsoleAPI", "ContinuoClient", "MIDI", "Music", "SoundCloudStandIn", "StandardMIDIFile", "TestSupport",
                "TrainingJobs",
                "continuo", "continuod",
            ]),
        .testTarget(
            name: "DaemonConfigurationTests",
            dependencies: ["Controls", "DaemonConfiguration", "LiveSession", "Music", "Playback"]),
        .testTarget(name: "ControlsTests", dependencies: ["Controls", "MIDI", "Music", "TestSupport", "Transport"]),
        .testTarget(name: "DevicesTests", dependencies: ["Controls", "Devices", "MIDI", "Music", "Transport"]),
        .testTarget(name: "RenderingTests", dependencies: ["Rendering", "MIDI", "Music", "CZlib"]),
        .testTarget(
            name: "SequencerTests", dependencies: ["CALSA", "MIDI", "Music", "RealTime", "Sequencer", "Transport"]),
        // a program that saves takes until it is killed, or until its disk is full
        .executableTarget(
            name: "take-keeper", dependencies: ["Music", "TakeStore", logging], path: "Tests/TakeKeeper"),
        .executableTarget(
            name: "take-store-benchmark", dependencies: ["Music", "TakeStore", logging], path: "Benchmarks/TakeStore"),
        .executableTarget(
            name: "beside-training",
            dependencies: ["ConsoleAPI", "MIDI", "Music", "RealTime", "TrainingJobs", "Transport"],
            path: "Benchmarks/BesideTraining"),
        .executableTarget(
            name: "training-benchmark",
            dependencies: [
                "Generation", "Music", "Tensor", "Training",
                .target(name: "MessagePassing", condition: .when(traits: ["MPI"])),
            ],
            path: "Benchmarks/Training", exclude: ["compare.py"]),
        .testTarget(name: "TakeStoreTests", dependencies: ["TakeStore", "Music", "take-keeper", grdb, logging]),
        .testTarget(
            name: "TakeLibraryTests",
            dependencies: [
                "ConsoleAPI", "Generation", "Installation", "Music", "StandardMIDIFile", "TakeLibrary", "TakeStore",
                logging,
            ]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "Training", "CZip", "Generation", "MIDI", "Music", "StandardMIDIFile", "Tensor", "TensorReference",
            ],
            exclude: ["Fixtures"]),
        .testTarget(name: "TrainingJobsTests", dependencies: ["ConsoleAPI", "Music", "TestSupport", "TrainingJobs"]),
        .testTarget(
            name: "ConsoleTests",
            dependencies: ["Console", "ConsoleAPI", "ContinuoClient", "MIDI", "Music", "TestSupport", logging]),

        // the page in a real browser
        .testTarget(
            name: "BrowserTests",
            dependencies: ["ConsoleAPI", "ContinuoClient", "Music", "Publishing", "StandardMIDIFile", "continuod"]),

        // tests on the real thing: a keyboard made of software, and the machine that it is plugged into
        .target(name: "VirtualKeyboard", path: "Tests/VirtualKeyboard"),
        .testTarget(name: "VirtualKeyboardTests", dependencies: ["VirtualKeyboard"]),
        .testTarget(
            name: "MachineTests",
            dependencies: ["ConsoleAPI", "Music", "StandardMIDIFile", "TestSupport", "VirtualKeyboard"]),
    ],
    swiftLanguageModes: [.v6]
)

// All but the command line and the tests is compiled with the optimiser in debug builds too: the tests train networks and follow players
// for hours, and the machine that some of them run in, whose processor is emulated, runs the very daemon that the others link.
for target in package.targets where target.type == .regular || target.type == .executable {
    if target.name == "continuo" || target.path?.hasPrefix("Tests") == true { continue }
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-O"], .when(configuration: .debug))]
}
