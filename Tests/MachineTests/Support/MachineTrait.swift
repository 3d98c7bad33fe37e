import Foundation
import Synchronization
import Testing

/// Gives the tests of a suite, and of the suites in it, one booted machine, tidies it up after each of them, and reports on it
/// when one fails.
struct MachineTrait: SuiteTrait, TestTrait, TestScoping {
    let mode: Machine.Mode

    // For the suite, to boot and to stop, and for each of its tests.
    var isRecursive: Bool { true }

    func scopeProvider(for test: Test, testCase: Test.Case?) -> MachineTrait? {
        test.isSuite || testCase != nil ? self : nil
    }

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        if test.isSuite, Machine.inScope != nil {
            try await function()
        } else if test.isSuite {
            let machine = try await Machine.boot(mode, name: test.name)
            do {
                try await Machine.$inScope.withValue(machine, operation: function)
            } catch {
                await machine.stop()
                throw error
            }
            await machine.stop()
        } else {
            try await watch(test, testCase, function)
        }
    }

    /// Runs one test, and adds the machine's own view to its failure.
    private func watch(
        _ test: Test, _ testCase: Test.Case?, _ function: @Sendable () async throws -> Void
    ) async throws {
        let machine = Machine.current
        let hasFailed = Atomic(false)
        let observer = IssueHandlingTrait.compactMapIssues { issue in
            hasFailed.store(true, ordering: .relaxed)
            return issue
        }
        var thrown: (any Error)?
        do {
            try await observer.provideScope(for: test, testCase: testCase, performing: function)
        } catch {
            thrown = error
        }
        if thrown != nil || hasFailed.load(ordering: .relaxed) {
            let report = "The machine after \(test.name):\n" + (await machine.report()) + "\n"
            let file = machine.logs.appending(path: "\(test.name.prefix { $0 != "(" })-failed.txt")
            try? Data(report.utf8).write(to: file)
            FileHandle.standardError.write(Data(report.utf8))
        }
        do {
            try await machine.tidy()
        } catch  where thrown == nil {
            throw error
        } catch {}  // what the test threw says more
        if let thrown { throw thrown }
    }
}

extension Trait where Self == MachineTrait {
    /// The suite's tests run on one machine, ``Machine/current``, one after another.
    static func machine(_ mode: Machine.Mode) -> MachineTrait { MachineTrait(mode: mode) }
}

extension Machine {
    @TaskLocal static var inScope: Machine?

    /// The machine of the suite that runs.
    static var current: Machine {
        guard let machine = inScope else { preconditionFailure("the suite lacks the trait .machine(_:)") }
        return machine
    }
}
