// swift-tools-version: 6.1
import PackageDescription

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    dependencies: [
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0")
    ],
    targets: [
        // ground: C
        .target(name: "CSupport"),
        .target(name: "CALSA", linkerSettings: [.linkedLibrary("asound")]),
        .systemLibrary(name: "CUdev", pkgConfig: "libudev", providers: [.apt(["libudev-dev"])]),

        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads, ports
        .target(name: "RealTime", dependencies: ["CSupport"]),
        .target(name: "Transport", dependencies: ["MIDI", "Music", "RealTime"]),

        // floor 2: capture, generation, playback

        // floor 3: the outside world: sequencer, devices, store, rendering, training
        .target(name: "Sequencer", dependencies: ["CALSA", "CSupport", "MIDI", "Music", "RealTime", "Transport"]),
        .target(name: "Devices", dependencies: ["CUdev", "MIDI", "Music", "RealTime", "Transport", "TOMLKit"]),

        // floor 4: the daemon and its API

        // tests
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
        .testTarget(name: "RealTimeTests", dependencies: ["RealTime"]),
        .testTarget(name: "TransportTests", dependencies: ["MIDI", "Music", "RealTime", "Transport"]),
        .testTarget(name: "SequencerTests", dependencies: ["CALSA", "MIDI", "Music", "RealTime", "Sequencer", "Transport"]),
        .testTarget(name: "DevicesTests", dependencies: ["Devices", "MIDI", "Music", "Transport"]),
    ],
    swiftLanguageModes: [.v6]
)
