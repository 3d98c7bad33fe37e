import Glibc

/// A learning rate that rises linearly, then falls along half a cosine (Loshchilov and Hutter 2017).
public struct CosineSchedule: Sendable, Equatable {
    /// The highest rate, reached after the warm-up.
    public var peak: Float
    public var warmUpSteps: Int
    /// Steps until the lowest rate, with the warm-up; the rate stays there afterwards.
    public var totalSteps: Int
    /// The lowest rate as a share of the peak.
    public var floor: Float

    public init(peak: Float, warmUpSteps: Int, totalSteps: Int, floor: Float = 0.05) {
        precondition(warmUpSteps >= 0 && totalSteps > warmUpSteps, "the warm-up is shorter than the whole schedule")
        (self.peak, self.warmUpSteps, self.totalSteps, self.floor) = (peak, warmUpSteps, totalSteps, floor)
    }

    /// The rate of a step, counted from 0; the first one is already above 0.
    public func rate(at step: Int) -> Float {
        if step < warmUpSteps { return peak * Float(step + 1) / Float(warmUpSteps) }
        let progress = min(1, Double(step - warmUpSteps) / Double(totalSteps - warmUpSteps))
        return peak * (floor + (1 - floor) * Float(0.5 * (1 + cos(.pi * progress))))
    }
}
