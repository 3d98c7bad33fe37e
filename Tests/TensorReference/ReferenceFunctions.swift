import Glibc

func exponential(_ x: Double) -> Double { exp(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func logistic(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// The tanh form of GELU, from its definition.
func gaussianErrorLinear(_ x: Double) -> Double {
    0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
}
