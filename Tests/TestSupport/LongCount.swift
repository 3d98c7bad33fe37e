import Glibc

/// How often a test repeats itself: a few times each day, its full count in `make test-long` (the environment's `CONTINUO_LONG=1`).
public func longCount(_ usual: Int, full: Int) -> Int {
    getenv("CONTINUO_LONG").map { String(cString: $0) } == "1" ? full : usual
}
