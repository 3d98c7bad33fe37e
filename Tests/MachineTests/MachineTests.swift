import Foundation
import TestSupport
import Testing

// A group of machine tests is a suite in an extension of MachineTests.OnThePlainGuest or MachineTests.UnderSystemd
// (Tests/Machine/README.md). All groups there share one machine. They run one after another, because a machine takes all of
// this one's processors; and only when CONTINUO_MACHINE=1 says that the guests are built, which `make test` sees to. A bare
// `swift test` skips them.

/// The tests on the real thing.
@Suite(
    .serialized, .timeLimit(.minutes(longCount(2, full: 60))),
    .enabled(if: Machine.isWanted, "CONTINUO_MACHINE=1 is not set: make test sets it"))
enum MachineTests {
    @Suite(.machine(.plain)) enum OnThePlainGuest {}
    @Suite(.machine(.systemd)) enum UnderSystemd {}
}

/// Elsewhere they may be skipped for want of QEMU, but not here.
@Test func continuousIntegrationRunsTheMachineTests() {
    let isContinuousIntegration = ProcessInfo.processInfo.environment["CI"] == "true"
    #expect(Machine.isWanted || !isContinuousIntegration, "set CONTINUO_MACHINE=1 after Tests/Machine/build-image")
}
