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

        // floor 3: the outside world: sequencer, devices, store, rendering, training

        // floor 4: the daemon and its API

        // tests
        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),

        // tests on the real thing: a keyboard made of software, and the machine that it is plugged into
        .target(name: "VirtualKeyboard", path: "Tests/VirtualKeyboard"),
        .testTarget(name: "VirtualKeyboardTests", dependencies: ["VirtualKeyboard"]),
        .testTarget(name: "MachineTests", dependencies: ["VirtualKeyboard"]),
    ],
    swiftLanguageModes: [.v6]
)
