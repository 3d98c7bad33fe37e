extension PerformanceModel {
    /// How the model plays. Defaults are published means; what no study gives is marked as a choice.
    ///
    /// Sources, in the order of the fields:
    /// - A. M. Wing and A. B. Kristofferson, *Response delays and the timing of discrete motor responses*, Perception &
    ///   Psychophysics 14, 1973; B. H. Repp, *Sensorimotor synchronization*, Psychonomic Bulletin & Review 12, 2005.
    /// - D. L. Gilden et al., *1/f noise in human cognition*, Science 267, 1995; H. Hennig et al., *The nature and
    ///   perception of fluctuations in human musical rhythms*, PLoS ONE 6, 2011; M. Sogorski et al., *Correlated
    ///   microtiming deviations in jazz and rock music*, PLoS ONE 13, 2018.
    /// - N. P. Todd, *A model of expressive timing in tonal music*, Music Perception 3, 1985, and *The dynamics of
    ///   dynamics*, JASA 91, 1992; A. Friberg et al., *Overview of the KTH rule system*, 2006 (phrase arch).
    /// - W. Goebl, *Melody lead in piano performance*, JASA 110, 2001.
    /// - B. H. Repp, *The art of inaccuracy: why pianists' errors are difficult to hear*, Music Perception 14, 1996.
    /// - R. Timmers et al., *Timing of ornaments in the theme from Beethoven's Paisiello Variations*, Music Perception 20,
    ///   2002.
    /// - R. Bresin and G. U. Battel, *Articulation strategies in expressive piano performance*, Journal of New Music
    ///   Research 29, 2000; B. H. Repp, *Acoustics, perception, and production of legato articulation*, JASA 97, 1995.
    ///
    /// Checked against the papers' abstracts or texts: the lead of about 30 ms (Goebl), the form of
    /// the two-level model, 1/f noise in rhythm and tempo (Hennig, Sogorski), the parabola of phrases (KTH), the kinds of
    /// errors and their rarity in melodies (Repp 1996), short grace notes of fixed length taken from the note before
    /// (Timmers), staccato at about 40 % (Bresin and Battel). Quoted from memory and not checked: the sizes of timekeeper,
    /// motor and drift noise, of phrase-final lengthening, of the asynchrony's spread, of grace notes and overlap, and the
    /// errors' rates.
    public struct Parameters: Hashable, Sendable {
        /// Felt beats a minute, drawn for each take (a choice: the band in which beats are felt best lies inside).
        public var beatsPerMinute = 60.0...160.0
        /// Standard deviation of the timekeeper, of the interval: 0.02...0.03 in practised players (Weber's law; Wing and
        /// Kristofferson 1973, Repp 2005). Errors of beats add up; those inside a beat are in proportion to the distance from
        /// the nearest beat and do not.
        public var clockDeviation = 0.025
        /// Standard deviation of the motor delay in seconds: 0.006...0.010 (Wing and Kristofferson 1973). Each strike has its
        /// own, and it is not carried on.
        public var motorDeviation = 0.008
        /// Standard deviation of the slow drift of the beat's length: 0.01...0.03, with a spectrum near 1/f (Gilden et al.
        /// 1995, Hennig et al. 2011; for tempo itself Sogorski et al. 2018). The size is a choice inside these studies' range.
        public var driftDeviation = 0.02
        /// How much longer a beat is at a phrase's end than in its middle, drawn for each take: a few per cent up to a tenth in
        /// simple tunes; a parabola (Todd 1985, 1992; Friberg et al. 2006). The beginning is slower by a third of it.
        public var phraseEndLengthening = 0.02...0.10
        /// Bars in a phrase: 4, the commonest in songs (a choice).
        public var phraseBars = 4
        /// Seconds by which the notes under a melody come after it: about 0.030 (Goebl 2001), a little less here, as the hands are apart in only a third of the takes.
        public var melodyLead = 0.025
        /// Standard deviation of that in seconds: 0.010...0.015 (Goebl 2001).
        public var asynchrony = 0.012
        /// Share of chords of three notes and more in the melody's own hand that are rolled (a choice).
        public var rolledShare = 0.2
        /// Seconds from the first to the last note of a rolled chord: 0.02...0.06 (a choice: a quick arpeggio).
        public var roll = 0.020...0.060
        /// Share of takes with a left hand under the melody: a bass note or a rolled triad a bar (a choice).
        public var leftHandShare = 1.0 / 3
        /// Share of notes that become a key one or two semitones beside. The kinds of slips are those of Repp (1996), who found nearly all of
        /// them outside the melody: 2 % in a melody, the sum of the three, is harsh (a choice).
        public var substitutionRate = 0.006
        /// Share of notes that do not sound.
        public var omissionRate = 0.008
        /// Share of notes with which a key beside is caught.
        public var additionRate = 0.006
        /// Share of notes of half a beat or more that get a grace note (a choice).
        public var graceRate = 0.015
        /// Seconds by which a short grace note comes before its note: 0.03...0.07, whatever the tempo, and taken from the note
        /// before (Timmers et al. 2002).
        public var grace = 0.030...0.070
        /// Share of takes that are played staccato (a choice).
        public var staccatoShare = 0.2
        /// Share of its written length that a staccato note is held: about 0.4 (Bresin and Battel 2000).
        public var staccatoLength = 0.30...0.55
        /// The same for other takes, before the overlap.
        public var legatoLength = 0.85...1.0
        /// Seconds that a legato note is held over the next one (Repp 1995: some tens of milliseconds).
        public var overlap = 0.02
        /// Standard deviation of that in seconds.
        public var overlapDeviation = 0.015
        /// The shortest that a key is down, in seconds (a choice).
        public var shortest = 0.02
        /// Mean velocity of a take, drawn (a choice, as all that follow on velocity: pianists accent little and not reliably).
        public var velocity = 58.0...88.0
        /// Velocity added on the first beat of a bar.
        public var barAccent = 4.0
        /// Velocity added on the other beats.
        public var beatAccent = 2.0
        /// Velocity added in a phrase's middle, as a parabola (Todd 1992).
        public var phraseArch = 6.0
        /// Standard deviation of the velocity.
        public var velocityDeviation = 5.0
        /// Velocity by which the left hand is softer.
        public var leftHandSofter = 12.0
        /// Seconds on the clock at which listening begins: nothing may depend on it.
        public var start = 0.0...100_000.0
        /// Seconds of silence before the first note.
        public var silence = 0.2...8.0
        /// Beats that the clock runs on behind the last bar line, for notes that are held over it.
        let beatsBehind = 2

        public init() {}

        /// No noise, no rubato, no slips, one hand: what the truth of a take is held against.
        public static var mechanical: Parameters {
            var parameters = Parameters()
            parameters.clockDeviation = 0
            parameters.motorDeviation = 0
            parameters.driftDeviation = 0
            parameters.phraseEndLengthening = 0...0
            parameters.melodyLead = 0
            parameters.asynchrony = 0
            parameters.rolledShare = 0
            parameters.leftHandShare = 0
            parameters.substitutionRate = 0
            parameters.omissionRate = 0
            parameters.additionRate = 0
            parameters.graceRate = 0
            parameters.overlapDeviation = 0
            parameters.velocityDeviation = 0
            return parameters
        }
    }
}
