import Foundation
import Testing

// Each group of machine tests is an extension of this suite with a suite of its own (Tests/Machine/README.md).
// They boot machines, which takes all of this one's processors, so they run one after another; and only when
// CONTINUO_MACHINE=1 says that the guests are built, which `make test` sees to. A bare `swift test` skips them.

/// The tests on the real thing.
@Suite(.serialized, .enabled(if: Machine.isWanted, "CONTINUO_MACHINE=1 is not set: make test sets it"))
enum MachineTests {}

/// Elsewhere they may be skipped for want of QEMU, but not here.
@Test func continuousIntegrationRunsTheMachineTests() {
    let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"
    #expect(Machine.isWanted || !isContinuousIntegration, "set CONTINUO_MACHINE=1 after Tests/Machine/build-image")
}
