// The types of this module are made of frames.yaml while it is built.
