using System.ComponentModel;

namespace KernelGen.Cpu.Kernels;

/// <summary>The generated inner loops of one head dim at one vector width. A lane group is two vectors of query rows.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe interface IMicroKernels
{
    /// <summary>Keys that <see cref="Scores"/> holds in registers: the fewest it can work on.</summary>
    static abstract int ScoreKeys { get; }

    /// <summary>Scores of a lane group against a block of keys.</summary>
    /// <param name="queries">Packed queries, <c>[headDim][lane]</c>.</param>
    /// <param name="keys">Dense keys, <c>[keyCount][headDim]</c>.</param>
    /// <param name="keyCount">At least <see cref="ScoreKeys"/>.</param>
    /// <param name="scores">Receives <c>[keyCount][lane]</c>.</param>
    /// <param name="maximum">A maximum for each lane.</param>
    /// <param name="newMaximum">Receives that maximum, raised to the largest of the scores.</param>
    static abstract void Scores(float* queries, float* keys, int keyCount, float* scores, float* maximum, float* newMaximum);

    /// <summary>Adds the values of a block of keys, weighted, to the output of a lane group.</summary>
    /// <param name="weights">Weights, <c>[keyCount][lane]</c>.</param>
    /// <param name="values">Dense values, <c>[keyCount][headDim]</c>.</param>
    /// <param name="keyCount">At least 1.</param>
    /// <param name="rescale">A factor for each lane, applied to the output first.</param>
    /// <param name="output">The output so far, <c>[headDim][lane]</c>.</param>
    static abstract void Values(float* weights, float* values, int keyCount, float* rescale, float* output);
}
