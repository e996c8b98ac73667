using KernelGen.Planning;
using KernelGen.Planning.Policies;

namespace KernelGen.RuntimeHost.Tests.Planning;

/// <summary>
/// Known decisions of the originals, for the shapes that people run. Free memory is in GiB; the divisor of a row is the policy's steps.
/// </summary>
[TestClass]
public sealed class AppendixTests
{
    [TestMethod]
    [DataRow(16, 4096, 2, 2, 1, 4096, 1, DisplayName = "SD1.5 512 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 2, 4, 2304, 4, DisplayName = "SD1.5 768 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 8, 1, 9216, 1, DisplayName = "SD1.5 768 f16, 8 GiB")]
    [DataRow(16, 16384, 2, 2, 16, 1024, 16, DisplayName = "SD1.5 1024 f16, 2 GiB")]
    [DataRow(16, 16384, 2, 8, 4, 4096, 4, DisplayName = "SD1.5 1024 f16, 8 GiB")]
    [DataRow(16, 16384, 4, 2, 32, 512, 32, DisplayName = "SD1.5 1024 f32, 2 GiB")]
    [DataRow(16, 16641, 2, 2, 16, 1040, 17, DisplayName = "SD1.5 1032 f16, 2 GiB")]
    [DataRow(16, 16641, 2, 16, 2, 8320, 3, DisplayName = "SD1.5 1032 f16, 16 GiB")]
    [DataRow(16, 32400, 2, 2, 64, 506, 65, DisplayName = "SD1.5 1920x1080 f16, 2 GiB")]
    [DataRow(16, 32400, 2, 8, 16, 2025, 16, DisplayName = "SD1.5 1920x1080 f16, 8 GiB")]
    [DataRow(16, 65536, 2, 8, 64, 1024, 64, DisplayName = "SD1.5 2048 f16, 8 GiB")]
    [DataRow(20, 4096, 2, 2, 1, 4096, 1, DisplayName = "SDXL 1024 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 2, 16, 1024, 16, DisplayName = "SDXL 2048 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 4, 8, 2048, 8, DisplayName = "SDXL 2048 f16, 4 GiB")]
    [DataRow(24, 4608, 2, 2, 2, 2304, 2, DisplayName = "Flux 1024 bf16, 2 GiB")]
    [DataRow(40, 32760, 2, 8, 32, 1023, 33, DisplayName = "Wan-14B 480p bf16, 8 GiB")]
    [DataRow(10, 9216, 4, 2, 4, 2304, 4, DisplayName = "SD2.1 768 f32, 2 GiB")]
    public void Doggettx_SlicesAsTheOriginal(int heads, int length, int elementSize, int gibibytes, int steps, int rows, int iterations)
    {
        PolicyDecision decision = Decide("doggettx", heads, length, elementSize, gibibytes);

        Assert.AreEqual(PolicyFailure.None, decision.Failure);
        Assert.AreEqual((steps, heads, rows, length, iterations),
            ((int)decision.Steps, decision.HeadsPerSlice, decision.RowsPerSlice, decision.KeysPerSlice, (int)decision.Iterations));
        Assert.AreEqual(steps == 1 ? SliceAxis.None : SliceAxis.Rows, decision.Axis);
        Assert.AreEqual(elementSize == 2 ? 3 : 2.5, decision.Modifier);
    }

    [TestMethod]
    [DataRow(16, 65536, 2, 256, "max approx. 1344x1344", "Need: 6.0GB free, Have:2.0GB free", DisplayName = "SD1.5 2048 f16, 2 GiB")]
    [DataRow(16, 65536, 4, 128, "max approx. 1600x1600", "Need: 6.0GB free, Have:4.0GB free", DisplayName = "SD1.5 2048 f16, 4 GiB")]
    [DataRow(40, 32760, 2, 128, "max approx. 1344x1344", "Need: 3.7GB free, Have:2.0GB free", DisplayName = "Wan-14B 480p, 2 GiB")]
    [DataRow(40, 75600, 16, 128, "max approx. 2240x2240", "Need: 20.0GB free, Have:16.0GB free", DisplayName = "Wan-14B 720p, 16 GiB")]
    [DataRow(24, 119056, 8, 256, "max approx. 1920x1920", "Need: 29.7GB free, Have:8.0GB free",
        DisplayName = "Hunyuan 720p 129 frames, 8 GiB")]
    public void MoreThan64Steps_IsTheOriginalsError(int heads, int length, int gibibytes, int steps, string hint, string memory)
    {
        foreach (string policy in (string[])["doggettx", "doggettx-pre-1.5.2", "comfyui-split"])
        {
            PolicyDecision decision = Decide(policy, heads, length, 2, gibibytes);
            Assert.AreEqual((PolicyFailure.TooManySteps, steps), (decision.Failure, (int)decision.Steps));

            var exception = Assert.ThrowsExactly<AttentionMemoryException>(
                () => PlanningSetup.Plan(policy, new(1, heads, length, length, 128), gibibytes * PlanningSetup.GiB));
            Assert.AreEqual($"Not enough memory, use lower resolution ({hint}). {memory}", exception.Message);
            Assert.AreEqual(policy, exception.Policy);
        }
    }

    [TestMethod]
    [DataRow(16, 4096, 2, 2, 1, 16, 4096, 1, DisplayName = "SD1.5 512 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 2, 8, 2, 9216, 8, DisplayName = "SD1.5 768 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 8, 2, 8, 9216, 2, DisplayName = "SD1.5 768 f16, 8 GiB")]
    [DataRow(16, 16384, 2, 2, 16, 1, 16384, 16, DisplayName = "SD1.5 1024 f16, 2 GiB")]
    [DataRow(16, 16384, 2, 8, 4, 4, 16384, 4, DisplayName = "SD1.5 1024 f16, 8 GiB")]
    [DataRow(16, 16384, 4, 2, 32, 16, 512, 32, DisplayName = "SD1.5 1024 f32, 2 GiB")]
    [DataRow(16, 16641, 2, 2, 16, 1, 16641, 16, DisplayName = "SD1.5 1032 f16, 2 GiB")]
    [DataRow(16, 16641, 2, 16, 2, 8, 16641, 2, DisplayName = "SD1.5 1032 f16, 16 GiB")]
    [DataRow(16, 32400, 2, 2, 64, 16, 506, 65, DisplayName = "SD1.5 1920x1080 f16, 2 GiB")]
    [DataRow(16, 32400, 2, 8, 16, 1, 32400, 16, DisplayName = "SD1.5 1920x1080 f16, 8 GiB")]
    [DataRow(16, 65536, 2, 2, 256, 16, 256, 256, DisplayName = "SD1.5 2048 f16, 2 GiB")]
    [DataRow(16, 65536, 2, 4, 128, 16, 512, 128, DisplayName = "SD1.5 2048 f16, 4 GiB")]
    [DataRow(16, 65536, 2, 8, 64, 16, 1024, 64, DisplayName = "SD1.5 2048 f16, 8 GiB")]
    [DataRow(20, 4096, 2, 2, 2, 10, 4096, 2, DisplayName = "SDXL 1024 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 2, 32, 20, 512, 32, DisplayName = "SDXL 2048 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 4, 16, 1, 16384, 20, DisplayName = "SDXL 2048 f16, 4 GiB: 20 // 16 is 1, so 20 iterations")]
    [DataRow(24, 4608, 2, 2, 2, 12, 4608, 2, DisplayName = "Flux 1024 bf16, 2 GiB")]
    [DataRow(40, 32760, 2, 2, 256, 40, 127, 258, DisplayName = "Wan-14B 480p bf16, 2 GiB")]
    [DataRow(40, 32760, 2, 8, 64, 40, 511, 65, DisplayName = "Wan-14B 480p bf16, 8 GiB")]
    [DataRow(40, 75600, 2, 16, 128, 40, 590, 129, DisplayName = "Wan-14B 720p bf16, 16 GiB")]
    [DataRow(24, 119056, 2, 8, 512, 24, 232, 514, DisplayName = "Hunyuan 720p 129 frames bf16, 8 GiB")]
    [DataRow(1, 16384, 4, 2, 2, 1, 8192, 2, DisplayName = "VAE 1024 f32, 2 GiB")]
    [DataRow(1, 65536, 4, 2, 32, 1, 2048, 32, DisplayName = "VAE 2048 f32, 2 GiB")]
    public void InvokeAi_SlicesAsTheOriginal(
        int heads, int length, int elementSize, int gibibytes, int divisor, int headsPerSlice, int rowsPerSlice, int iterations)
    {
        PolicyDecision decision = Decide("invokeai", heads, length, elementSize, gibibytes);

        Assert.AreEqual(
            (divisor, headsPerSlice, rowsPerSlice, iterations),
            ((int)decision.Steps, decision.HeadsPerSlice, decision.RowsPerSlice, (int)decision.Iterations));
        Assert.AreEqual(headsPerSlice < heads ? SliceAxis.Heads : rowsPerSlice < length ? SliceAxis.Rows : SliceAxis.None, decision.Axis);
        Assert.AreEqual(3.3, decision.SafetyFactor);
    }

    [TestMethod]
    [DataRow(16, 4096, 2, 2, 1, 4096, DisplayName = "SD1.5 512 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 2, 4, 2304, DisplayName = "SD1.5 768 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 8, 1, 9216, DisplayName = "SD1.5 768 f16, 8 GiB")]
    [DataRow(16, 16384, 2, 2, 16, 1024, DisplayName = "SD1.5 1024 f16, 2 GiB")]
    [DataRow(16, 16384, 2, 8, 4, 4096, DisplayName = "SD1.5 1024 f16, 8 GiB")]
    [DataRow(16, 16384, 4, 2, 32, 512, DisplayName = "SD1.5 1024 f32, 2 GiB: modifier 3 gives the same steps here")]
    [DataRow(16, 16641, 2, 2, 16, 16641, DisplayName = "SD1.5 1032 f16, 2 GiB: 16 steps, then whole")]
    [DataRow(16, 16641, 2, 16, 2, 16641, DisplayName = "SD1.5 1032 f16, 16 GiB: 2 steps, then whole")]
    [DataRow(16, 32400, 2, 2, 64, 32400, DisplayName = "SD1.5 1920x1080 f16, 2 GiB: 64 steps, then whole")]
    [DataRow(16, 32400, 2, 8, 16, 2025, DisplayName = "SD1.5 1920x1080 f16, 8 GiB")]
    [DataRow(16, 65536, 2, 8, 64, 1024, DisplayName = "SD1.5 2048 f16, 8 GiB")]
    [DataRow(20, 4096, 2, 2, 1, 4096, DisplayName = "SDXL 1024 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 2, 16, 1024, DisplayName = "SDXL 2048 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 4, 8, 2048, DisplayName = "SDXL 2048 f16, 4 GiB")]
    [DataRow(24, 4608, 2, 2, 2, 2304, DisplayName = "Flux 1024 bf16, 2 GiB")]
    [DataRow(40, 32760, 2, 8, 32, 32760, DisplayName = "Wan-14B 480p bf16, 8 GiB: 32 steps, then whole")]
    [DataRow(10, 9216, 4, 2, 8, 1152, DisplayName = "SD2.1 768 f32, 2 GiB: where modifier 3 differs from 2.5")]
    public void ComfySplit_SlicesAsTheOriginal(int heads, int length, int elementSize, int gibibytes, int steps, int rows)
    {
        PolicyDecision decision = Decide("comfyui-split", heads, length, elementSize, gibibytes);

        Assert.AreEqual(
            (steps, heads, rows, length / rows),
            ((int)decision.Steps, decision.HeadsPerSlice, decision.RowsPerSlice, (int)decision.Iterations));
        Assert.AreEqual(3, decision.Modifier);
    }

    [TestMethod]
    [DataRow(16, 4096, 2, 2, 4096, 4096, DisplayName = "SD1.5 512 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 2, 1024, 9216, DisplayName = "SD1.5 768 f16, 2 GiB")]
    [DataRow(16, 9216, 2, 8, 4096, 9216, DisplayName = "SD1.5 768 f16, 8 GiB")]
    [DataRow(16, 16384, 2, 2, 1024, 16384, DisplayName = "SD1.5 1024 f16, 2 GiB")]
    [DataRow(16, 16384, 2, 8, 4096, 16384, DisplayName = "SD1.5 1024 f16, 8 GiB")]
    [DataRow(16, 16384, 4, 2, 512, 16384, DisplayName = "SD1.5 1024 f32, 2 GiB")]
    [DataRow(16, 16641, 2, 2, 512, 16641, DisplayName = "SD1.5 1032 f16, 2 GiB")]
    [DataRow(16, 16641, 2, 16, 4096, 16641, DisplayName = "SD1.5 1032 f16, 16 GiB")]
    [DataRow(16, 32400, 2, 2, 512, 32400, DisplayName = "SD1.5 1920x1080 f16, 2 GiB")]
    [DataRow(16, 32400, 2, 8, 2048, 32400, DisplayName = "SD1.5 1920x1080 f16, 8 GiB")]
    [DataRow(16, 65536, 2, 2, 256, 65536, DisplayName = "SD1.5 2048 f16, 2 GiB")]
    [DataRow(16, 65536, 2, 4, 512, 65536, DisplayName = "SD1.5 2048 f16, 4 GiB")]
    [DataRow(16, 65536, 2, 8, 1024, 65536, DisplayName = "SD1.5 2048 f16, 8 GiB")]
    [DataRow(20, 4096, 2, 2, 2048, 4096, DisplayName = "SDXL 1024 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 2, 512, 16384, DisplayName = "SDXL 2048 f16, 2 GiB")]
    [DataRow(20, 16384, 2, 4, 1024, 16384, DisplayName = "SDXL 2048 f16, 4 GiB")]
    [DataRow(24, 4608, 2, 2, 2048, 4608, DisplayName = "Flux 1024 bf16, 2 GiB")]
    [DataRow(40, 32760, 2, 2, 512, 180,
        DisplayName = "Wan-14B 480p bf16, 2 GiB: 256 rows do not fit, so 512 rows in chunks of sqrt(32760)")]
    [DataRow(40, 32760, 2, 8, 512, 32760, DisplayName = "Wan-14B 480p bf16, 8 GiB")]
    [DataRow(40, 75600, 2, 16, 512, 75600, DisplayName = "Wan-14B 720p bf16, 16 GiB")]
    [DataRow(24, 119056, 2, 8, 256, 119056, DisplayName = "Hunyuan 720p 129 frames bf16, 8 GiB")]
    [DataRow(1, 16384, 4, 2, 4096, 16384, DisplayName = "VAE 1024 f32, 2 GiB")]
    [DataRow(1, 65536, 4, 2, 2048, 65536, DisplayName = "VAE 2048 f32, 2 GiB")]
    public void ComfySubQuad_SlicesAsTheOriginal(int heads, int length, int elementSize, int gibibytes, int rows, int keys)
    {
        PolicyDecision decision = Decide("comfyui-sub-quad", heads, length, elementSize, gibibytes);

        Assert.AreEqual((heads, rows, keys), (decision.HeadsPerSlice, decision.RowsPerSlice, decision.KeysPerSlice));
        Assert.AreEqual(keys < length ? SliceAxis.RowsAndKeys : rows < length ? SliceAxis.Rows : SliceAxis.None, decision.Axis);
    }

    [TestMethod]
    [DataRow(16384, 2, 8192, DisplayName = "VAE 1024 f32, 2 GiB")]
    [DataRow(65536, 32, 2048, DisplayName = "VAE 2048 f32, 2 GiB")]
    public void VaeBlock_SlicesAsTheOriginal(int length, int steps, int rows)
    {
        PolicyDecision decision = Decide("doggettx-vae", 1, length, 4, 2);

        Assert.AreEqual((steps, rows, steps), ((int)decision.Steps, decision.RowsPerSlice, (int)decision.Iterations));
        Assert.AreEqual(2.5, decision.Modifier);
    }

    /// <summary>
    /// The resolution that the error names, against the largest square that really plans: right only for SD 1.5, one picture, fp32.
    /// </summary>
    [TestMethod]
    [DataRow(1, 1088, 1088, 1280, 896, 1408, 2432)]
    [DataRow(2, 1344, 1344, 1536, 1088, 1728, 2880)]
    [DataRow(4, 1600, 1600, 1792, 1280, 2048, 3456)]
    [DataRow(8, 1920, 1920, 2176, 1536, 2432, 4160)]
    [DataRow(16, 2240, 2240, 2560, 1792, 2880, 4928)]
    [DataRow(24, 2496, 2496, 2880, 2048, 3200, 5440)]
    public void ResolutionInTheError_IsRightForOneModelOnly(
        int gibibytes, int message, int sd15F32, int sd15F16, int sd15F16Batch4, int sd21, int sdxl)
    {
        var exception = Assert.ThrowsExactly<AttentionMemoryException>(
            () => PlanningSetup.Plan("doggettx", new(1, 16, 1 << 18, 1 << 18, 40), gibibytes * PlanningSetup.GiB));
        StringAssert.Contains(exception.Message, $"(max approx. {message}x{message})");

        Assert.AreEqual(sd15F32, LargestSquare(16, 4, 8, gibibytes));
        Assert.AreEqual(sd15F16, LargestSquare(16, 2, 8, gibibytes));
        Assert.AreEqual(sd15F16Batch4, LargestSquare(64, 2, 8, gibibytes));
        Assert.AreEqual(sd21, LargestSquare(10, 2, 8, gibibytes));
        Assert.AreEqual(sdxl, LargestSquare(20, 2, 16, gibibytes));
    }

    private static int LargestSquare(int heads, int elementSize, int pixelsPerToken, int gibibytes)
    {
        int side = 64;
        while (true)
        {
            int tokens = (side + 64) / pixelsPerToken;
            if (Decide("doggettx", heads, tokens * tokens, elementSize, gibibytes).Failure != PolicyFailure.None)
                return side;

            side += 64;
        }
    }

    private static PolicyDecision Decide(string policy, int heads, int length, int elementSize, int gibibytes)
    {
        PolicyInput input = new(heads, heads, length, length, 64, elementSize, gibibytes * PlanningSetup.GiB, 64 * PlanningSetup.GiB);
        return ((PresetPolicy)SlicePolicies.Get(policy)).Decide(input);
    }
}
