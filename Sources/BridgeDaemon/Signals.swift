import Dispatch
import Glibc

/// Waits for signals without a handler of our own.
enum Signals {
    /// Returns when one of the signals arrives; its default action is switched off from then on.
    static func firstOf(_ numbers: [Int32]) async {
        await each(of: numbers) { _ in false }
    }

    /// Calls the body for each signal that arrives, one after another, until it returns false or the task is cancelled.
    static func each(of numbers: [Int32], _ body: (Int32) async -> Bool) async {
        for number in numbers { signal(number, SIG_IGN) }
        let (arrivals, continuation) = AsyncStream.makeStream(of: Int32.self)
        let queue = DispatchQueue(label: "signals")
        let sources = numbers.map { number in
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { @Sendable in continuation.yield(number) }
            source.resume()
            return source
        }
        for await number in arrivals { guard await body(number) else { break } }
        for source in sources { source.cancel() }
    }
}
