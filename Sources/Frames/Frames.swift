// The types of this module are generated from the frames.yaml at the package's root while it is built.
