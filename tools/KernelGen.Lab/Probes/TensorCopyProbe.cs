using System.Runtime.InteropServices;
using KernelGen.Cuda;

namespace KernelGen.Lab.Probes;

/// <summary>Tensor copies: their rate by the width of a box, and boxes wider than the tensor.</summary>
internal static class TensorCopyProbe
{
    private const int TileRows = 128;
    private const int TileDims = 64;
    private const int Stages = 8;

    public static void Rates(ProbeTable table, ProbeDevice device)
    {
        const int rows = 4096;
        Half[] tensor = [.. Enumerable.Range(0, rows * TileDims).Select(i => (Half)(i % 31))];
        foreach (int dims in device.IsSmoke ? [16, 64] : (int[])[8, 16, 32, 64])
        {
            long rounds = device.IsSmoke ? 10 : 1024;
            ProbeLaunch launch =
                new("tensor_copies.cu", "probe_tensor_copies", 32, (Stages * TileRows * TileDims * 2) + 1024 + (8 * Stages),
                    ("PROBE_DIMS", dims))
            {
                Rounds = rounds,
                Blocks = device.AllMultiprocessors,
                Box = new(dims, TileRows),
                Tensor = (rows, TileDims),
            };
            double clocks = device.Clocks(launch, groups: 1, tensor);
            table.Rows.Add(new() { ["row_bytes"] = dims * 2,
                ["bytes_of_a_clock_and_multiprocessor"] = Math.Round(rounds * TileRows * TileDims * 2 / clocks, 2) });
        }
    }

    public static void WideBoxes(ProbeTable table, ProbeDevice device)
    {
        const int rows = 64;
        foreach (int headDim in device.IsSmoke ? [40] : (int[])[8, 16, 24, 32, 40, 48, 56])
        {
            Half[] tensor = [.. Enumerable.Range(0, rows * headDim).Select(i => (Half)((i % 97) + 1))];
            ProbeLaunch launch = new("wide_box.cu", "probe_wide_box", rows, (rows * TileDims * 2) + 2048)
            {
                Box = new(TileDims, rows), Tensor = (rows, headDim),
            };
            uint[] words;
            try
            {
                words = device.Run<uint>(launch, rows * TileDims / 2, tensor);
            }
            catch (CudaException fault) when (!fault.IsContextLost)
            {
                // The driver does not make such a map.
                table.Rows.Add(
                    new() { ["head_dim"] = headDim, ["box"] = TileDims, ["taken"] = false, ["right"] = null, ["wrong_elements"] = null });
                table.Failures.Add(Invariant($"a box of {TileDims} over head dim {headDim} is refused: {fault.Message}"));
                continue;
            }

            ReadOnlySpan<Half> tile = MemoryMarshal.Cast<uint, Half>(words);
            int wrong = 0;
            for (int i = 0; i < tile.Length; i++)
            {
                Half expected = i % TileDims < headDim ? tensor[(i / TileDims * headDim) + (i % TileDims)] : Half.Zero;
                wrong += tile[i] == expected ? 0 : 1;
            }

            table.Rows.Add(
                new() { ["head_dim"] = headDim, ["box"] = TileDims, ["taken"] = true, ["right"] = wrong == 0, ["wrong_elements"] = wrong });
            table.Answers.Add(Invariant($"head dim {headDim}: {(wrong == 0 ? "taken, zeros past its end" : "taken, but wrong")}"));
            if (wrong > 0)
                table.Failures.Add(Invariant($"a box of {TileDims} over head dim {headDim} brings wrong elements"));
        }
    }
}
