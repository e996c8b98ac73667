using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using KernelGen.Cpu;

namespace KernelGen.Lab.CpuBench;

/// <summary>Measures the most multiply-adds that threads can do: a loop that works on registers only.</summary>
/// <remarks>
/// Twelve independent accumulators keep two units busy at a latency of four, and fit the 16 registers of AVX2 beside two operands. Each
/// step is a * 0.5 + 0.25, which stays at 0.5: no number gets large, small or special.
/// </remarks>
internal static class PeakLoop
{
    private const int Accumulators = 12;
    private const int StepsPerCall = 200_000;

    /// <summary>Measures for about a given time.</summary>
    /// <param name="path">The vector width.</param>
    /// <param name="threads">Threads that run at once.</param>
    /// <param name="time">How long.</param>
    /// <returns>Operations a second of all threads together, a multiply-add counted as two.</returns>
    public static double Measure(CpuVectorPath path, int threads, TimeSpan time)
    {
        Func<float> loop = path switch
        {
            CpuVectorPath.Avx512 => Loop512,
            CpuVectorPath.Avx2 => Loop256,
            _ => Loop128,
        };
        int lanes = path switch { CpuVectorPath.Avx512 => 16, CpuVectorPath.Avx2 => 8, _ => 4 };
        double[] rates = new double[threads];
        using Barrier start = new(threads);
        Thread[] workers = new Thread[threads - 1];
        for (int i = 0; i < workers.Length; i++)
        {
            int index = i + 1;
            workers[i] = new(() => Work(index)) { IsBackground = true };
            workers[i].Start();
        }

        Work(0);
        foreach (Thread worker in workers)
            worker.Join();
        return rates.Sum();

        void Work(int index)
        {
            loop();
            start.SignalAndWait();
            long begin = Stopwatch.GetTimestamp();
            long calls = 0;
            do
            {
                loop();
                calls++;
            }
            while (Stopwatch.GetElapsedTime(begin) < time);

            rates[index] = 2.0 * lanes * Accumulators * StepsPerCall * calls / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop512()
    {
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(0.25f);
        Vector512<float> a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x, a6 = x, a7 = x, a8 = x, a9 = x, a10 = x, a11 = x;
        for (int step = 0; step < StepsPerCall; step++)
        {
            a0 = Vector512.FusedMultiplyAdd(a0, x, y);
            a1 = Vector512.FusedMultiplyAdd(a1, x, y);
            a2 = Vector512.FusedMultiplyAdd(a2, x, y);
            a3 = Vector512.FusedMultiplyAdd(a3, x, y);
            a4 = Vector512.FusedMultiplyAdd(a4, x, y);
            a5 = Vector512.FusedMultiplyAdd(a5, x, y);
            a6 = Vector512.FusedMultiplyAdd(a6, x, y);
            a7 = Vector512.FusedMultiplyAdd(a7, x, y);
            a8 = Vector512.FusedMultiplyAdd(a8, x, y);
            a9 = Vector512.FusedMultiplyAdd(a9, x, y);
            a10 = Vector512.FusedMultiplyAdd(a10, x, y);
            a11 = Vector512.FusedMultiplyAdd(a11, x, y);
        }

        return Vector512.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop256()
    {
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(0.25f);
        Vector256<float> a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x, a6 = x, a7 = x, a8 = x, a9 = x, a10 = x, a11 = x;
        for (int step = 0; step < StepsPerCall; step++)
        {
            a0 = Vector256.FusedMultiplyAdd(a0, x, y);
            a1 = Vector256.FusedMultiplyAdd(a1, x, y);
            a2 = Vector256.FusedMultiplyAdd(a2, x, y);
            a3 = Vector256.FusedMultiplyAdd(a3, x, y);
            a4 = Vector256.FusedMultiplyAdd(a4, x, y);
            a5 = Vector256.FusedMultiplyAdd(a5, x, y);
            a6 = Vector256.FusedMultiplyAdd(a6, x, y);
            a7 = Vector256.FusedMultiplyAdd(a7, x, y);
            a8 = Vector256.FusedMultiplyAdd(a8, x, y);
            a9 = Vector256.FusedMultiplyAdd(a9, x, y);
            a10 = Vector256.FusedMultiplyAdd(a10, x, y);
            a11 = Vector256.FusedMultiplyAdd(a11, x, y);
        }

        return Vector256.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Loop128()
    {
        Vector128<float> x = Vector128.Create(0.5f), y = Vector128.Create(0.25f);
        Vector128<float> a0 = x, a1 = x, a2 = x, a3 = x, a4 = x, a5 = x, a6 = x, a7 = x, a8 = x, a9 = x, a10 = x, a11 = x;
        for (int step = 0; step < StepsPerCall; step++)
        {
            a0 = Vector128.FusedMultiplyAdd(a0, x, y);
            a1 = Vector128.FusedMultiplyAdd(a1, x, y);
            a2 = Vector128.FusedMultiplyAdd(a2, x, y);
            a3 = Vector128.FusedMultiplyAdd(a3, x, y);
            a4 = Vector128.FusedMultiplyAdd(a4, x, y);
            a5 = Vector128.FusedMultiplyAdd(a5, x, y);
            a6 = Vector128.FusedMultiplyAdd(a6, x, y);
            a7 = Vector128.FusedMultiplyAdd(a7, x, y);
            a8 = Vector128.FusedMultiplyAdd(a8, x, y);
            a9 = Vector128.FusedMultiplyAdd(a9, x, y);
            a10 = Vector128.FusedMultiplyAdd(a10, x, y);
            a11 = Vector128.FusedMultiplyAdd(a11, x, y);
        }

        return Vector128.Sum(a0 + a1 + a2 + a3 + a4 + a5 + a6 + a7 + a8 + a9 + a10 + a11);
    }
}
