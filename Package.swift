// swift-tools-version: 6.1
import PackageDescription

// Floors, lowest first. A target names every module it imports; arrows point only downwards (docs/architecture.md).
let package = Package(
    name: "continuo",
    targets: [
        // floor 0: values without Foundation
        .target(name: "Music"),
        .target(name: "MIDI", dependencies: ["Music"]),

        // floor 1: files, arrays, threads
        .target(name: "CKernels"),
        .target(name: "Tensor", dependencies: ["CKernels"]),

        .testTarget(name: "MusicTests", dependencies: ["Music"]),
        .testTarget(name: "MIDITests", dependencies: ["MIDI", "Music"]),
        .testTarget(name: "TensorTests", dependencies: ["Tensor", "CKernels"]),
    ],
    swiftLanguageModes: [.v6]
)
