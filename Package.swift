// swift-tools-version: 6.1
import PackageDescription

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    targets: [
        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads, ports
        .target(name: "Transport", dependencies: ["MIDI", "Music"]),

        // floor 2: capture, generation, playback
        .target(name: "Generation", dependencies: ["Music"]),
        .target(name: "Evaluation", dependencies: ["Music"]),

        // floor 3: the outside world: sequencer, devices, store, rendering, training
        .target(name: "Training", dependencies: ["Generation", "Music"]),

        // floor 4: the daemon and its API

        // tests
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
        .testTarget(name: "GenerationTests", dependencies: ["Generation", "Music"]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Music"]),
        .testTarget(name: "TrainingTests", dependencies: ["Training", "Generation", "Music"]),
    ],
    swiftLanguageModes: [.v6]
)
