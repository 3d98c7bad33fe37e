import Glibc
import RealTime
import Synchronization
import Testing

/// An actor that lives on a conductor's thread, as the daemon's does.
private actor Counter {
    private let executor: ConductorExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var count = 0

    init(on executor: ConductorExecutor) { self.executor = executor }

    func add() -> Bool {
        increment()
        return executor.isCurrent
    }

    func watch(_ signal: EventSignal) {
        executor.watch(signal.descriptor) { [self] in
            signal.clear()
            assumeIsolated { $0.increment() }
        }
    }

    func unwatch(_ signal: EventSignal) { executor.unwatch(signal.descriptor) }

    func countAtDeadline(in nanoseconds: Int64) {
        executor.setDeadline(MonotonicClock.nanoseconds + nanoseconds) { [self] in
            assumeIsolated { $0.increment() }
        }
    }

    func cancelDeadline() { executor.cancelDeadline() }

    private func increment() { count += 1 }
}

@Suite(.timeLimit(.minutes(1))) struct ExecutorTests {
    @Test func jobsOfTheActorRunOnItsThread() async {
        let executor = ConductorExecutor(name: "conductor")
        defer { executor.stop() }
        let counter = Counter(on: executor)
        #expect(await counter.add())
        #expect(!executor.isCurrent)
    }

    @Test func manyTasksAreSerial() async {
        let executor = ConductorExecutor(name: "conductor")
        defer { executor.stop() }
        let counter = Counter(on: executor)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1_000 { group.addTask { _ = await counter.add() } }
        }
        #expect(await counter.count == 1_000)
    }

    @Test func aReadableDescriptorCallsBackOnTheActor() async {
        let executor = ConductorExecutor(name: "conductor")
        defer { executor.stop() }
        let counter = Counter(on: executor)
        let signal = EventSignal()
        await counter.watch(signal)
        signal.raise()
        while await counter.count == 0 { await Task.yield() }
        await counter.unwatch(signal)
        let before = await counter.count
        signal.raise()
        _ = await counter.add()
        _ = await counter.add()
        #expect(await counter.count == before + 2)
    }

    @Test func aDeadlineCallsBackOnceAndACancelledOneNever() async {
        let executor = ConductorExecutor(name: "conductor")
        defer { executor.stop() }
        let counter = Counter(on: executor)
        await counter.countAtDeadline(in: 3_600_000_000_000)
        await counter.cancelDeadline()
        await counter.countAtDeadline(in: 2_000_000)
        while await counter.count == 0 { await Task.yield() }
        #expect(await counter.count == 1)
    }

    @Test func aPastDeadlineIsDueAtOnce() async {
        let executor = ConductorExecutor(name: "conductor")
        defer { executor.stop() }
        let counter = Counter(on: executor)
        await counter.countAtDeadline(in: -1_000)
        while await counter.count == 0 { await Task.yield() }
        #expect(await counter.count == 1)
    }

    @Test func stoppingTwiceIsNoError() {
        let executor = ConductorExecutor(name: "conductor")
        executor.stop()
        executor.stop()
        #expect(!executor.isCurrent)
    }

    @Test func workerTasksRunOnTheWorkersThreads() async {
        let worker = WorkerExecutor(name: "worker", threads: 1, niceness: 5)
        let name = await Task(executorPreference: worker) { currentThreadName() }.value
        #expect(name == "worker")
        worker.stop()
    }

    @Test func everyTaskOfAWorkerIsRunBeforeItStops() async {
        let worker = WorkerExecutor(name: "worker", threads: 2)
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2_000 { group.addTask(executorPreference: worker) { tally.total.add(1, ordering: .relaxed) } }
        }
        worker.stop()
        #expect(tally.total.load(ordering: .relaxed) == 2_000)
    }
}

private final class Tally: Sendable {
    let total = Atomic<Int>(0)
}

private func currentThreadName() -> String {
    guard let file = fopen("/proc/thread-self/comm", "r") else { return "" }
    defer { fclose(file) }
    var name = [UInt8](repeating: 0, count: 64)
    let length = fread(&name, 1, 64, file)
    return String(decoding: name.prefix(length).prefix { $0 != 10 }, as: UTF8.self)
}
