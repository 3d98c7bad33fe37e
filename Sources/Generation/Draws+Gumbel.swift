import Music

extension Draws {
    /// Gumbel noise of scale 1: adding it to log-probabilities and taking the best draws by probability.
    mutating func gumbel() -> Double { -Mathematics.log(-Mathematics.log(max(1e-12, uniform()))) }
}
