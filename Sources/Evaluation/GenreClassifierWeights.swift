/// Written by `continuo learn-genres`; a line a genre, a weight for each feature of `GenreFeatures` and the constant.
let genreClassifierWeights = """
    """
