// swift-tools-version: 6.1
import PackageDescription

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // ground: C libraries
        .systemLibrary(name: "CFluidSynth", providers: [.apt(["libfluidsynth-dev"])]),
        .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads, ports
        .target(name: "Transport", dependencies: ["MIDI", "Music"]),

        // floor 2: capture, generation, playback

        // floor 3: the outside world: sequencer, devices, store, rendering, training
        .target(
            name: "TakeStore",
            dependencies: [
                "Music", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "Rendering", dependencies: ["MIDI", "Music", "CFluidSynth", "CSndFile", "CZlib"]),

        // floor 4: the daemon and its API
        .target(name: "ConsoleAPI", dependencies: ["MIDI", "Music"]),
        .target(
            name: "Console",
            dependencies: [
                "ConsoleAPI", .product(name: "FlyingSocks", package: "FlyingFox"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "ContinuoClient", dependencies: ["ConsoleAPI"]),

        // tests
        .testTarget(
            name: "TakeStoreTests",
            dependencies: [
                "TakeStore", "Music", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "RenderingTests", dependencies: ["Rendering", "MIDI", "Music", "CZlib"]),
        .testTarget(
            name: "ConsoleTests",
            dependencies: [
                "Console", "ConsoleAPI", "ContinuoClient", "MIDI", "Music",
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
    ],
    swiftLanguageModes: [.v6]
)
