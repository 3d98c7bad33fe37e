import TestSupport
import Testing

extension MachineTests.OnThePlainGuest {
    /// The line to the guest, and what a test is told when the guest fails.
    @Suite struct LineToTheGuest {
        let machine = Machine.current

        @Test func commandsReturnTheirStatusAndOutput() async throws {
            let result = try await machine.run("echo out; echo err >&2; exit 3")

            #expect(result == CommandResult(status: 3, output: Array("out\n".utf8), errorOutput: Array("err\n".utf8)))
        }

        @Test func commandsRunSideBySide() async throws {
            let waiting = machine.start("mkfifo /tmp/gate; echo made; cat /tmp/gate")
            _ = await waiting.progress.wait(atMost: .seconds(20)) { $0.lines.first }
            try await machine.succeed("echo passed > /tmp/gate")

            let result = await waiting.result(within: .seconds(20))
            #expect(result?.text == "made\npassed\n")
        }

        @Test func filesTravelBothWays() async throws {
            let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
            try await machine.write(bytes, to: "/tmp/file")

            #expect(try await machine.contents(of: "/tmp/file") == bytes)
        }

        @Test func aFailedCommandTellsWhy() async throws {
            let error = await #expect(throws: MachineError.self) { try await machine.succeed("ls /nowhere") }

            #expect(error?.description.contains("/nowhere: No such file") == true)
        }

        @Test func aCommandThatHangsIsEnded() async throws {
            let error = await #expect(throws: MachineError.self) {
                try await machine.run("echo begun; exec sleep 600", within: .seconds(1))
            }

            #expect(error?.description.contains("begun") == true)
        }

        /// Boots a machine of its own, so only with the full counts.
        @Test(.enabled(if: longCount(0, full: 1) == 1, "make test-long boots a machine to let it panic"))
        func aPanicOfTheKernelIsReported() async throws {
            let doomed = try await Machine.boot(.plain, name: "doomed")
            let error = await #expect(throws: MachineError.self) {
                try await doomed.run("echo c > /proc/sysrq-trigger; sleep 600")
            }
            await doomed.stop()

            #expect(error?.description.contains("Kernel panic") == true)
        }
    }
}
