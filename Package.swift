// swift-tools-version: 6.1
import PackageDescription

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // ground: C
        .target(name: "CKernels"),
        .systemLibrary(name: "CFluidSynth", providers: [.apt(["libfluidsynth-dev"])]),
        .systemLibrary(name: "CSndFile", providers: [.apt(["libsndfile1-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads, ports
        .target(name: "StandardMIDIFile", dependencies: ["MIDI", "Music"]),
        .target(name: "Tensor", dependencies: ["CKernels"]),
        .target(name: "Transport", dependencies: ["MIDI", "Music"]),

        // floor 2: capture, generation, playback
        .target(name: "Capture", dependencies: ["MIDI", "Music"]),
        .target(name: "Generation", dependencies: ["Music", "Tensor"]),
        .target(name: "Playback", dependencies: ["MIDI", "Music", "Transport"]),

        // floor 3: the outside world: sequencer, devices, store, rendering, training
        .target(name: "Rendering", dependencies: ["MIDI", "Music", "CFluidSynth", "CSndFile", "CZlib"]),
        .target(
            name: "TakeStore",
            dependencies: [
                "Music", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "Logging", package: "swift-log"),
            ]),
        .target(name: "Training", dependencies: ["Generation", "Music", "Tensor"]),

        // floor 4: the daemon and its API

        // programs
        .executableTarget(
            name: "continuo",
            dependencies: [
                "Generation", "Music", "Tensor", "Training",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // tests
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
        .testTarget(name: "StandardMIDIFileTests", dependencies: ["StandardMIDIFile", "MIDI", "Music"]),
        .testTarget(name: "TensorTests", dependencies: ["Tensor", "CKernels"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "MIDI", "Music"]),
        .testTarget(name: "GenerationTests", dependencies: ["Generation", "Music", "Tensor"]),
        .testTarget(name: "PlaybackTests", dependencies: ["Playback", "MIDI", "Music", "Transport"]),
        .testTarget(
            name: "TakeStoreTests",
            dependencies: [
                "TakeStore", "Music", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .testTarget(name: "RenderingTests", dependencies: ["Rendering", "MIDI", "Music", "CZlib"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Generation", "Music", "Tensor"]),

        // tests on the real thing: a keyboard made of software, and the machine that it is plugged into
        .target(name: "VirtualKeyboard", path: "Tests/VirtualKeyboard"),
        .testTarget(name: "VirtualKeyboardTests", dependencies: ["VirtualKeyboard"]),
        .testTarget(name: "MachineTests", dependencies: ["VirtualKeyboard"]),
    ],
    swiftLanguageModes: [.v6]
)
