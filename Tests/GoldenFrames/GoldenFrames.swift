// The types of this module are generated from the frames.yaml beside this file; tests use every one of them.
