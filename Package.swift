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

        .target(name: "StandardMIDIFile", dependencies: ["MIDI", "Music"]),

        // floor 2: capture, generation, playback
        .target(name: "Capture", dependencies: ["MIDI", "Music"]),
        .target(name: "Playback", dependencies: ["MIDI", "Music", "Transport"]),

        // floor 3: the outside world: sequencer, devices, store, rendering, training

        // floor 4: the daemon and its API

        // tests
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
        .testTarget(name: "StandardMIDIFileTests", dependencies: ["StandardMIDIFile", "MIDI", "Music"]),
        .testTarget(name: "CaptureTests", dependencies: ["Capture", "MIDI", "Music"]),
        .testTarget(name: "PlaybackTests", dependencies: ["Playback", "MIDI", "Music", "Transport"]),
    ],
    swiftLanguageModes: [.v6]
)
